"""GET /healthz."""

from databases import Other
from service import Service, problem


class DescribeHealthz:
    def it_is_ok_when_the_database_takes_writes(self, service: Service) -> None:
        result = service.get("/healthz")

        assert result.status_code == 200
        assert result.json == {"status": "ok"}

    def it_gives_the_write_lock_back(self, service: Service) -> None:
        service.get("/healthz")

        service.store("/pageviews", {"fingerprint": "b998", "url": "https://www.example.com/"})

    def it_is_503_while_another_process_holds_the_lock(
        self, service: Service, other: Other
    ) -> None:
        other.lock()

        result = service.get("/healthz")

        assert "not writable" in problem(result, 503)["detail"]
        assert result.headers["retry-after"] == "1"
        other.unlock()
        assert service.get("/healthz").status_code == 200
