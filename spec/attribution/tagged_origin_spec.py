"""The origin of a visit with tags or click ids. Marketers would give the cases these names."""

from attribution.origins import Case, each_case, origin, said

from growth.attribution.rules import Rules

# Each case takes one or two lines.
# fmt: off
CAMPAIGNS: dict[str, Case] = {
    "a newsletter click": (
        "utm_source=newsletter&utm_medium=email", None, "Email: newsletter / email"),
    "a newsletter read in Gmail": (
        "utm_source=march&utm_medium=email", "https://mail.google.com/", "Email: march / email"),
    "a newsletter that only names itself": ("utm_source=newsletter", None, "Email: newsletter / -"),
    "utm in capitals": (
        "UTM_SOURCE=NewsLetter&UTM_Medium=EMAIL", None, "Email: newsletter / email"),
    "an escaped ampersand": ("utm_source=march&amp;utm_medium=email", None, "Email: march / email"),
    "an encoded parameter name": (
        "utm%5Fsource=march&utm_medium=email", None, "Email: march / email"),
    "a repeated utm_source": (
        "utm_source=&utm_source=first&utm_source=second&utm_medium=email", None,
        "Email: first / email"),
    "e-mail with a hyphen": ("utm_source=crm&utm_medium=e-mail", None, "Email: crm / e-mail"),
    "a source called email": ("utm_source=email", None, "Email: email / -"),
    "a gclid leaked into a newsletter": (
        "utm_source=march&utm_medium=email&gclid=A", None, "Email: march / email, paid"),
    "a search ad": (
        "utm_source=google&utm_medium=cpc", "https://www.google.de/",
        "Paid Search: google / cpc, paid"),
    "a search ad on Bing": (
        "utm_source=bing&utm_medium=ppc", None, "Paid Search: bing / ppc, paid"),
    "a search ad named adwords": (
        "utm_source=adwords&utm_medium=cpc", None, "Paid Search: google / cpc, paid"),
    "a brand search ad": (
        "utm_source=google&utm_medium=paid_search", None,
        "Paid Search: google / paid_search, paid"),
    "a Facebook ad": (
        "utm_source=facebook&utm_medium=cpc", "https://l.facebook.com/",
        "Paid Social: facebook / cpc, paid"),
    "a Facebook ad named fb": (
        "utm_source=fb&utm_medium=paid", None, "Paid Social: facebook / paid, paid"),
    "an Instagram ad named ig": (
        "utm_source=IG&utm_medium=paidsocial", None, "Paid Social: instagram / paidsocial, paid"),
    "a Facebook ad named by its host": (
        "utm_source=m.facebook.com&utm_medium=cpm", None,
        "Paid Social: facebook / cpm, paid"),
    "a TikTok ad": ("utm_source=tiktok&utm_medium=cpc", None, "Paid Social: tiktok / cpc, paid"),
    "a YouTube ad": (
        "utm_source=youtube&utm_medium=cpv-cpc", None, "Paid Video: youtube / cpv-cpc, paid"),
    "a shopping ad": (
        "utm_source=google&utm_medium=cpc&utm_campaign=Shopping_DE", None,
        "Paid Shopping: google / cpc, paid"),
    "an Amazon ad": ("utm_source=amazon&utm_medium=cpc", None, "Paid Shopping: amazon / cpc, paid"),
    "a workshop is no shop": (
        "utm_source=google&utm_medium=cpc&utm_campaign=workshop", None,
        "Paid Search: google / cpc, paid"),
    "Performance Max": (
        "utm_source=google&utm_medium=cpc&utm_campaign=DE_Cross-Network_2", None,
        "Cross-network: google / cpc, paid"),
    "a banner": ("utm_source=spiegel&utm_medium=banner", None, "Display: spiegel / banner, paid"),
    "a display ad": (
        "utm_source=google&utm_medium=Display", None, "Display: google / display, paid"),
    "a display ad with a gclid": (
        "utm_source=google&utm_medium=display&gclid=A", None, "Display: google / display, paid"),
    "an ad paid per thousand views": (
        "utm_source=spiegel&utm_medium=cpm", None, "Display: spiegel / cpm, paid"),
    "retargeting": (
        "utm_source=unknown-network&utm_medium=retargeting", None,
        "Paid Other: unknown-network / retargeting, paid"),
    "a native ad": (
        "utm_source=taboola&utm_medium=referral", None, "Paid Other: taboola / referral, paid"),
    "a podcast": ("utm_source=podcast&utm_medium=audio", None, "Audio: podcast / audio"),
    "a text message": ("utm_source=crm&utm_medium=sms", None, "SMS: crm / sms"),
    "a source called sms": ("utm_source=sms", None, "SMS: sms / -"),
    "a push message": ("utm_source=app&utm_medium=webpush", None, "Push: app / webpush"),
    "a notification": (
        "utm_source=app&utm_medium=mobile-notification", None, "Push: app / mobile-notification"),
    "a Firebase message": ("utm_source=firebase", None, "Push: firebase / -"),
    "an affiliate": (
        "utm_source=some-blog&utm_medium=affiliate", None, "Affiliates: some-blog / affiliate"),
    "a partner": ("utm_source=partner&utm_medium=referral", None, "Referral: partner / referral"),
    "a link in an app": ("utm_source=app&utm_medium=link", None, "Referral: app / link"),
    "an organic post": (
        "utm_source=linkedin&utm_medium=social", None, "Organic Social: linkedin / social"),
    "a post on a network nobody knows": (
        "utm_source=brandnew&utm_medium=Social-Media", None,
        "Organic Social: brandnew / social-media"),
    "a video on a site nobody knows": (
        "utm_source=brandnew&utm_medium=video", None, "Organic Video: brandnew / video"),
    "a business profile": (
        "utm_source=google&utm_medium=organic", None, "Organic Search: google / organic"),
    "a link ChatGPT tagged": ("utm_source=chatgpt.com", None, "AI Assistants: chatgpt / -"),
    "a link ChatGPT tagged, with its referrer": (
        "utm_source=chatgpt.com", "https://chatgpt.com/", "AI Assistants: chatgpt / ai"),
    "the medium of Google Analytics for assistants": (
        "utm_source=acme-bot&utm_medium=ai-assistant", None,
        "AI Assistants: acme-bot / ai-assistant"),
    "a source without a medium": ("utm_source=leaflet", None, "Unassigned: leaflet / -"),
    "a medium without a source": ("utm_medium=email", None, "Email: - / email"),
    "a campaign alone": ("utm_campaign=spring", None, "Unassigned: - / -"),
    "a campaign alone, from Google": (
        "utm_campaign=spring", "https://www.google.com/", "Organic Search: google / organic"),
    "a medium alone, from Facebook": (
        "utm_medium=cpc", "https://m.facebook.com/", "Paid Social: facebook / cpc, paid"),
    "a misspelled medium": (
        "utm_source=flyer&utm_medium=qrcode", None, "Unassigned: flyer / qrcode"),
    "fb tagged without a medium": (
        "utm_source=fb", "https://l.facebook.com/", "Organic Social: facebook / social"),
    "a tag that the referrer contradicts": (
        "utm_source=leaflet", "https://www.google.com/", "Unassigned: leaflet / -"),
    "empty tags from Google": (
        "utm_source=&utm_medium=%20", "https://www.google.com/",
        "Organic Search: google / organic"),
    "a tag inside another value": ("next=utm_source%3Dx", None, "Direct: direct / -"),
    "a tag in a longer name": ("my_utm_source=x", None, "Direct: direct / -"),
    "a tag behind the hash": (
        "#utm_source=march&utm_medium=email", None, "Email: march / email"),
    "tagged as direct": ("utm_source=direct", None, "Direct: direct / -"),
    "tagged as direct, from Google": (
        "utm_source=(direct)&utm_medium=(none)", "https://www.google.com/",
        "Organic Search: google / organic"),
    "tagged as direct beside a click id": (
        "utm_source=direct&gclid=1", None, "Paid Search: google / cpc, paid"),
    "tagged as direct beside a campaign": (
        "utm_source=direct&utm_campaign=spring", None, "Unassigned: - / -"),
    "tagged as direct with another medium": (
        "utm_source=direct&utm_medium=mail", None, "Unassigned: direct / mail"),
    "(direct) with another medium": (
        "utm_source=(direct)&utm_medium=email", None, "Email: - / email"),
    "Matomo's names": (
        "mtm_source=news&mtm_medium=email", None, "Email: news / email"),
    "the former names of Matomo": (
        "pk_source=google&pk_medium=cpc", None, "Paid Search: google / cpc, paid"),
    "a macro for a source, from Google": (
        "utm_source={source}&utm_medium={{medium}}", "https://www.google.com/",
        "Organic Search: google / organic"),
}

NAMES: dict[str, Case] = {
    "Google Ads with an underscore": (
        "utm_source=google_ads", None, "Paid Search: google / cpc, paid"),
    "Google Ads with a space": (
        "utm_source=Google+Ads", None, "Paid Search: google / cpc, paid"),
    "Google Ads in one word": ("utm_source=GoogleAds", None, "Paid Search: google / cpc, paid"),
    "a Google ad": ("utm_source=google-ad", None, "Paid Search: google / cpc, paid"),
    "AdWords": ("utm_source=adwords", None, "Paid Search: google / cpc, paid"),
    "Google AdWords": ("utm_source=google%20adwords", None, "Paid Search: google / cpc, paid"),
    "Google Ads, with Google as the referrer": (
        "utm_source=google_ads", "https://www.google.com/", "Paid Search: google / cpc, paid"),
    "Google Ads with a medium": (
        "utm_source=google_ads&utm_medium=display", None, "Display: google / display, paid"),
    "Google Ads tagged organic": (
        "utm_source=google_ads&utm_medium=organic", None,
        "Paid Search: google / organic, paid"),
    "Facebook Ads": ("utm_source=facebook-ads", None, "Paid Social: facebook / cpc, paid"),
    "fb ads": ("utm_source=fb_ads", None, "Paid Social: facebook / cpc, paid"),
    "Meta Ads": ("utm_source=Meta+Ads", None, "Paid Social: facebook / cpc, paid"),
    "Microsoft Ads": ("utm_source=microsoft-ads", None, "Paid Search: bing / cpc, paid"),
    "Microsoft Advertising": (
        "utm_source=Microsoft%20Advertising", None, "Paid Search: bing / cpc, paid"),
    "TikTok Ads": ("utm_source=tiktok_ads", None, "Paid Social: tiktok / cpc, paid"),
    "LinkedIn Ads": ("utm_source=linkedin+ads", None, "Paid Social: linkedin / cpc, paid"),
    "YouTube Ads": ("utm_source=youtube_ads", None, "Paid Video: youtube / cpc, paid"),
    "Amazon Ads": ("utm_source=amazon-ads", None, "Paid Shopping: amazon / cpc, paid"),
    "Yandex.Direct": ("utm_source=yandex.direct", None, "Paid Search: yandex / cpc, paid"),
    "ads of nobody known": ("utm_source=acme_ads", None, "Unassigned: acme_ads / -"),
    "a word that ends like ads": ("utm_source=uploads", None, "Unassigned: uploads / -"),
    "a URL": (
        "utm_source=https%3A%2F%2Ffacebook.com%2F&utm_medium=cpc", None,
        "Paid Social: facebook / cpc, paid"),
    "a URL of a phone's page": (
        "utm_source=https://m.facebook.com/", None, "Organic Social: facebook / -"),
    "a URL of an unknown host": (
        "utm_source=https%3A%2F%2Fwww.blog.org%2Fpost%3Fa%3D1&utm_medium=referral", None,
        "Referral: blog.org / referral"),
    "a URL without a scheme": (
        "utm_source=//blog.org/post&utm_medium=referral", None, "Referral: blog.org / referral"),
    "a host with a path": (
        "utm_source=blog.org/2026/post&utm_medium=referral", None,
        "Referral: blog.org / referral"),
    "a host with a port and a path": (
        "utm_source=blog.org:81/post&utm_medium=referral", None,
        "Referral: blog.org / referral"),
    "a known host with a path": (
        "utm_source=www.reddit.com/r/books&utm_medium=social", None,
        "Organic Social: reddit / social"),
    "an app": (
        "utm_source=android-app://com.google.android.gm/", None, "Email: gmail / -"),
    "an unknown host": (
        "utm_source=Blog.org&utm_medium=referral", None, "Referral: blog.org / referral"),
    "a host with its referrer": (
        "utm_source=blog.org", "https://www.blog.org/post", "Referral: blog.org / referral"),
    "no host, but a slash": (
        "utm_source=Google+/+CPC&utm_medium=x", None, "Unassigned: google / cpc / x"),
    "no host, but a version and a slash": (
        "utm_source=v1.0/a", None, "Unassigned: v1.0/a / -"),
    "an address of a mailbox": (
        "utm_source=news@blog.org", None, "Unassigned: news@blog.org / -"),
    "the address of a payment page": (
        "utm_source=https://www.paypal.com/&utm_medium=referral", None,
        "Referral: paypal.com / referral"),
}

CLICK_IDS: dict[str, Case] = {
    "a gclid with no utm": ("gclid=Cj0K", None, "Paid Search: google / cpc, paid"),
    "a gclid from YouTube": (
        "gclid=A", "https://www.youtube.com/", "Paid Video: youtube / cpc, paid"),
    "a gbraid from YouTube": (
        "gbraid=A", "https://m.youtube.com/", "Paid Video: youtube / cpc, paid"),
    "gad_source from YouTube": (
        "gad_source=2", "https://www.youtube.com/", "Paid Video: youtube / cpc, paid"),
    "a gclid tagged as YouTube": (
        "gclid=A&utm_source=youtube", None, "Paid Video: youtube / cpc, paid"),
    "a gclid tagged as Google, from YouTube": (
        "gclid=A&utm_source=google", "https://www.youtube.com/",
        "Paid Search: google / cpc, paid"),
    "a gclid from an ad frame": (
        "gclid=A", "https://tpc.googlesyndication.com/", "Display: google / display, paid"),
    "a gclid from DoubleClick": (
        "gclid=A", "https://googleads.g.doubleclick.net/", "Display: google / display, paid"),
    "a gclid from Google's redirect of clicks": (
        "gclid=A", "https://www.googleadservices.com/", "Paid Search: google / cpc, paid"),
    "a gclid from a site that shows ads": (
        "gclid=A", "https://news.blog.org/", "Paid Search: google / cpc, paid"),
    "a dclid from YouTube": (
        "dclid=A", "https://www.youtube.com/", "Display: google / display, paid"),
    "a ttclid from Google": (
        "ttclid=A", "https://www.google.com/", "Paid Social: tiktok / cpc, paid"),
    "an affiliate who posted on YouTube": (
        "irclickid=A", "https://www.youtube.com/", "Affiliates: impact / affiliate"),
    "an affiliate who posted on Instagram": (
        "awc=A", "https://l.instagram.com/", "Affiliates: awin / affiliate"),
    "an affiliate found with Google": (
        "cjevent=A", "https://www.google.com/", "Affiliates: cj / affiliate"),
    "an affiliate's link that Facebook marked": (
        "fbclid=1&sscid=A", "https://l.facebook.com/", "Affiliates: shareasale / affiliate"),
    "an affiliate's link with an ad's click id": (
        "irclickid=A&gclid=B", None, "Paid Search: google / cpc, paid"),
    "an affiliate's link of a blog": (
        "tduid=A", "https://blog.org/", "Affiliates: tradedoubler / affiliate"),
    "a Mailchimp issue read in Gmail": (
        "mc_cid=1&mc_eid=2", "https://mail.google.com/", "Email: mailchimp / email"),
    "a HubSpot mail read in Outlook": (
        "_hsenc=1", "https://outlook.live.com/", "Email: hubspot / email"),
    "a Klaviyo mail read in the Gmail app": (
        "_kx=1", "android-app://com.google.android.gm/", "Email: klaviyo / email"),
    "a Marketo mail through a link checker": (
        "mkt_tok=1", "https://urldefense.com/", "Email: marketo / email"),
    "a Mailchimp link shared on Facebook": (
        "mc_cid=1", "https://l.facebook.com/", "Organic Social: facebook / social"),
    "a Mailchimp link found with Google": (
        "mc_cid=1", "https://www.google.com/", "Organic Search: google / organic"),
    "a Mailchimp link on a blog": (
        "mc_cid=1", "https://blog.org/", "Email: mailchimp / email"),
    "a gclid in capitals": ("GCLID=Cj0K", None, "Paid Search: google / cpc, paid"),
    "an iPhone app ad": ("gbraid=1", None, "Paid Search: google / cpc, paid"),
    "an iPhone web ad": ("wbraid=1", None, "Paid Search: google / cpc, paid"),
    "a Display & Video 360 click": ("dclid=1", None, "Display: google / display, paid"),
    "Performance Max without a gclid": (
        "gad_source=1&gad_campaignid=2", None, "Paid Search: google / cpc, paid"),
    "a free Google listing": (
        "srsltid=1", "https://www.google.com/", "Organic Search: google / organic"),
    "a Microsoft ad on Bing": (
        "msclkid=1", "https://www.bing.com/", "Paid Search: bing / cpc, paid"),
    "a Microsoft ad on Yahoo": (
        "msclkid=1", "https://search.yahoo.com/", "Paid Search: bing / cpc, paid"),
    "a Microsoft ad on DuckDuckGo": (
        "msclkid=1", "https://duckduckgo.com/", "Paid Search: bing / cpc, paid"),
    "a Microsoft ad that utm names otherwise": (
        "msclkid=1&utm_source=partner&utm_medium=referral", None,
        "Paid Other: partner / referral, paid"),
    "a shared Facebook link": (
        "fbclid=1", "https://l.facebook.com/", "Organic Social: facebook / social"),
    "a Facebook link in a private window": ("fbclid=1", None, "Organic Social: facebook / social"),
    "a Facebook link on Instagram": (
        "fbclid=1", "https://l.instagram.com/", "Organic Social: instagram / social"),
    "an Instagram tag with an fbclid": (
        "fbclid=1&utm_source=ig", None, "Organic Social: instagram / social"),
    "a tagged Facebook ad": (
        "fbclid=1&utm_source=facebook&utm_medium=paid_social", None,
        "Paid Social: facebook / paid_social, paid"),
    "an fbclid pasted into a Google search": (
        "fbclid=1", "https://www.google.com/", "Organic Search: google / organic"),
    "an fbclid in a link that ChatGPT cites": (
        "fbclid=1", "https://chatgpt.com/", "AI Assistants: chatgpt / ai"),
    "an fbclid in a mail": ("fbclid=1", "https://mail.google.com/", "Email: gmail / email"),
    "an igshid in a link on Reddit": (
        "igshid=1", "https://www.reddit.com/", "Organic Social: reddit / social"),
    "an srsltid in a link on Bing": (
        "srsltid=1", "https://www.bing.com/", "Organic Search: bing / organic"),
    "an fbclid in a link on a blog": (
        "fbclid=1", "https://blog.org/", "Organic Social: facebook / social"),
    "a macro for a click id": ("gclid={gclid}", None, "Direct: direct / -"),
    "a click id that is undefined": ("fbclid=undefined", None, "Direct: direct / -"),
    "an Instagram profile link": ("igshid=1", None, "Organic Social: instagram / social"),
    "a TikTok ad": ("ttclid=1", None, "Paid Social: tiktok / cpc, paid"),
    "a TikTok ad tagged as social": (
        "ttclid=1&utm_source=tiktok&utm_medium=social", None, "Paid Social: tiktok / social, paid"),
    "an X ad": ("twclid=1", "https://t.co/", "Paid Social: twitter / cpc, paid"),
    "a LinkedIn ad": ("li_fat_id=1", None, "Paid Social: linkedin / cpc, paid"),
    "a Snapchat ad": ("ScCid=1", None, "Paid Social: snapchat / cpc, paid"),
    "a Pinterest ad": ("epik=1", None, "Paid Social: pinterest / cpc, paid"),
    "a Reddit ad": ("rdt_cid=1", None, "Paid Social: reddit / cpc, paid"),
    "a Quora ad": ("qclid=1", None, "Paid Social: quora / cpc, paid"),
    "a Nextdoor ad": ("ndclid=1", None, "Paid Social: nextdoor / cpc, paid"),
    "a Yandex ad": ("yclid=1", None, "Paid Search: yandex / cpc, paid"),
    "a Yahoo! JAPAN ad": (
        "yclid=1", "https://search.yahoo.co.jp/", "Paid Search: yahoo / cpc, paid"),
    "a Yandex result": ("ysclid=1", None, "Organic Search: yandex / organic"),
    "a Baidu ad": ("bd_vid=1", None, "Paid Search: baidu / cpc, paid"),
    "a Seznam ad": ("sznclid=1", None, "Paid Search: seznam / cpc, paid"),
    "an Outbrain ad": ("dicbo=1", None, "Paid Other: outbrain / cpc, paid"),
    "a Taboola ad": ("tblci=1", None, "Paid Other: taboola / cpc, paid"),
    "an Awin affiliate": ("awc=1", "https://www.awin1.com/", "Affiliates: awin / affiliate"),
    "an Impact affiliate": ("irclickid=1", None, "Affiliates: impact / affiliate"),
    "a Mailchimp issue": ("mc_cid=1&mc_eid=2", None, "Email: mailchimp / email"),
    "a HubSpot mail": ("_hsenc=1&_hsmi=2", None, "Email: hubspot / email"),
    "a Marketo mail": ("mkt_tok=1", None, "Email: marketo / email"),
    "an ad beats a share": (
        "fbclid=1&gclid=2", "https://l.facebook.com/", "Paid Search: google / cpc, paid"),
    "a gclid with a campaign only": (
        "gclid=1&utm_campaign=x", None, "Paid Search: google / cpc, paid"),
    "a gclid with google and no medium": (
        "gclid=1&utm_source=Google", None, "Paid Search: google / cpc, paid"),
    "a gclid with another source and no medium": (
        "gclid=1&utm_source=brand-de", None, "Paid Other: brand-de / -, paid"),
    "a gclid tagged organic": (
        "gclid=1&utm_source=google&utm_medium=organic", None,
        "Paid Search: google / organic, paid"),
    "an empty gclid": ("gclid=", "https://www.google.com/", "Organic Search: google / organic"),
    "a gclid inside another name": ("mygclid=1", None, "Direct: direct / -"),
}
# fmt: on


class DescribeATaggedOrigin:
    @each_case({"utm": CAMPAIGNS, "name": NAMES, "click id": CLICK_IDS})
    def it_says_where_a_visit_came_from(
        self, query: str, referrer: str | None, expected: str, rules: Rules
    ) -> None:
        found = origin(query, rules, referrer)

        assert said(found) == expected
