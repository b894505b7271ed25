"""Pages as a PDF: text set by Pango, so that Arabic is shaped and joined, with fonts of the house alone; nothing is fetched."""
from pathlib import Path

__all__ = ["pdf"]


def pdf(html: str, *, fonts: Path) -> bytes:
    """The page as a PDF. It may name fonts as font:NAME, files in `fonts`; any other address is refused and stays empty."""
    from weasyprint import HTML  # as it is first needed: it loads the libraries that set text
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Ours(URLFetcher):
        def fetch(self, url, headers=None):
            name = url.removeprefix("font:")
            path = Path(fonts) / name
            if url == name or path.name != name or not path.is_file():
                raise ValueError("This address is none of ours")
            return URLFetcherResponse(url, body=path.read_bytes(), headers={"Content-Type": "font/woff2"})

    return HTML(string=html, base_url="font:", url_fetcher=Ours()).write_pdf()
