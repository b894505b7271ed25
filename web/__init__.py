"""The web door: parses, calls, renders. `create_app(settings)` is its only name."""
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from sitereg.settings import Settings
from web import arriving, errors, language, security, shedding, signin, watching
from web.views import BLUEPRINTS

__all__ = ["create_app"]


def create_app(settings: Settings) -> Flask:
    """The application on this registry; nothing of it is kept between requests but a pool of connections."""
    app = Flask(__name__, static_url_path=f"/static/{security.edition()}")
    app.request_class = arriving.Arrivals
    app.config.update(
        SITEREG=settings, SECRET_KEY=security.derived(settings, "cookies"), SESSION_COOKIE_NAME="sitereg",
        SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=not security.is_local(settings),
        MAX_CONTENT_LENGTH=256 * 1024, MAX_FORM_MEMORY_SIZE=256 * 1024, MAX_FORM_PARTS=600,
        TRUSTED_HOSTS=security.hosts(settings), TEMPLATES_AUTO_RELOAD=False, JSON_SORT_KEYS=False)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.url_map.strict_slashes = False
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0, x_prefix=0)
    security.guard(app)
    app.before_request(arriving.widen)
    language.speak(app)
    signin.open_door(app)
    errors.answer(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    meters = watching.watch(app)
    app.wsgi_app = shedding.Gate(app.wsgi_app, told=meters.shed.inc if meters else None)
    return app
