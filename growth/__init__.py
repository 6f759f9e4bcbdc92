"""growth: tells a company where its signups come from."""
