"""The channel of a visit from each known host. A visit from an excluded host is Direct."""

import pytest

from growth.attribution.origin import origin_of
from growth.rules import load_rules

RULES = load_rules()

CHANNELS = {
    "AI Assistants": """
        chatgpt.com copilot.com copilot.microsoft.com claude.com claude.ai
        gemini.google.com grok.com grok.x.com chat.deepseek.com chat.qwen.ai
        www.kimi.com chat.mistral.ai meta.ai duck.ai poe.com my-ai.snapchat.com
        yuanbao.tencent.com wenxin.baidu.com chat.z.ai edgeservices.bing.com
        lumo.proton.me chat.lmsys.org perplexity.ai notebooklm.google.com""",
    "Email": """
        navigator.gmx.net www.gmx.de deref-gmx.net mail.google.com outlook.live.com
        e.mail.ru mail.rambler.ru email.seznam.cz poczta.onet.pl webmail.club.example
        webmail2.club.example mail.some-company.example roundcube.club.example
        zimbra.club.example mail.163.com us1.list-manage.com click.mailchimp.com
        trk.klclick.com mail.proton.me app.tuta.com safelinks.protection.outlook.com""",
    "Organic Search": """
        www.google.com www.google.de www.google.co.uk news.google.com search.google.com
        search.seznam.cz www.seznam.cz cn.bing.com ntp.msn.com de.search.yahoo.com
        www.ecosia.org lite.qwant.com m.naver.com search.daum.net www.so.com m.sogou.com
        m.baidu.com yandex.com.tr yandex.kz go.mail.ru www.onet.pl www.rambler.ru
        search.brave.com www.startsiden.no""",
    "Organic Social": """
        stackoverflow.com stackexchange.com serverfault.com www.quora.com
        mastodon.social mastodon.online mastodon.club.example mstdn.club.example
        lemmy.world old.lemmy.world lemmy.club.example pixelfed.social
        pixelfed.club.example misskey.io misskey.club.example friendica.club.example
        feddit.org fosstodon.org www.tripadvisor.de www.yelp.co.uk groups.google.com
        sites.google.com chiebukuro.yahoo.co.jp kin.naver.com www.glassdoor.com
        www.researchgate.net blogspot.com www.pinterest.co.uk disqus.com bit.ly""",
    "Organic Video": """
        m.youtube.com player.vimeo.com player.twitch.tv www.iqiyi.com
        curiositystream.com d.tube peertube.club.example fast.wistia.net
        help.netflix.com""",
    "Organic Shopping": """
        www.amazon.com www.amazon.co.jp www.amazon.com.br www.ebay.de apps.shopify.com
        www.etsy.com one.walmart.com cr.shopping.naver.com shopping.yahoo.co.jp
        articulo.mercadolibre.com.ar shopping.google.com simplycodes.com""",
    "Referral": """
        www.amazon.jobs amazon.science amazon.dev google.dev google.org ebay.careers
        walmart.org yandex.cloud pinterest.engineering tenant.github.io
        shop.myshopify.com google.blogspot.com docs.google.com cloud.google.com
        aws.amazon.com sellercentral.amazon.de careers.walmart.com mastodon.netlify.app
        acs.org acsi.example 3ds.com login.example pay.example paypal.example
        notpaypal.com mailbox.example blog.mail-order.example""",
    "Direct": """
        www.paypal.com www.vivapayments.com sis.redsys.es checkout.stripe.com
        secure.payu.in acs.icicibank.com acs1.swedbank.se acs2-3dsecure.cic.fr
        acs.some-bank.example acs-safekey.some-bank.example 3ds.some-bank.example
        3d-secure.some-bank.example 3dsecure-auth.some-bank.example
        verifiedbyvisa.some-bank.example securecode.some-bank.example
        vcas1.some-bank.example acs1.3ds.some-bank.example belgium-3dsecure.wlp-acs.com
        accounts.google.com accounts.google.fr appleid.apple.com login.live.com
        auth.some-shop.example login.some-shop.example sso.some-company.example
        oauth.vk.ru oauth-login.cloud.huawei.com id.vk.com acme.okta.com
        acme.eu.auth0.com acme.auth.eu-west-1.amazoncognito.com digid.nl www.bankid.no
        login.gov pay.google.com pay.amazon.com pay.line.me
        checkout.some-provider.example payments.some-provider.example
        secure.payment.some.example securepayments.sberbank.ru link.com shop.app
        ideal.bunq.com ideal.some-bank.example betalen.rabobank.nl online.mbank.pl
        www.twint.ch securegw.paytm.in bpm.shaparak.ir""",
}


class DescribeKnownHosts:
    @pytest.mark.parametrize(
        ("host", "channel"),
        [(host, channel) for channel, hosts in CHANNELS.items() for host in hosts.split()],
    )
    def it_is_in_its_channel(self, host: str, channel: str) -> None:
        assert origin_of("https://our.shop.example/", f"https://{host}/x", RULES).channel == channel


class DescribeTheLongestMatch:
    @pytest.mark.parametrize(
        ("host", "channel"),
        [
            ("mail.google.com", "Email"),
            ("accounts.google.com", "Direct"),
            ("mail.login.google.com", "Email"),
            ("login.mail.google.com", "Direct"),
            ("shopping.google.de", "Organic Shopping"),
            ("pay.amazon.com", "Direct"),
            ("mastodon.google.com", "Organic Social"),
            ("lists.mastodon.club.example", "Organic Social"),
            ("acs.mail.club.example", "Direct"),
        ],
    )
    def it_decides_the_kind(self, host: str, channel: str) -> None:
        assert origin_of("https://our.shop.example/", f"https://{host}/", RULES).channel == channel
