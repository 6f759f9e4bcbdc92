"""The files that browsers get: the dashboard, the reference of the API and the tracker."""
