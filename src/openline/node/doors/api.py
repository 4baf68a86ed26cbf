"""Every address of the node and the function that answers it; `docs/api.md` says the same in words."""

from starlette.routing import BaseRoute, Route, WebSocketRoute

from openline.node.doors import api_line, api_read, api_write, guest, sockets


def routes() -> list[BaseRoute]:
    """The routes, first match first."""
    return [
        Route("/healthz", api_read.healthz),
        Route("/metrics", api_read.metrics),
        Route("/api/v1/login", api_write.login, methods=["POST"]),
        Route("/api/v1/logout", api_write.logout, methods=["POST"]),
        Route("/api/v1/session", api_read.session),
        Route("/api/v1/state", api_read.state),
        Route("/api/v1/tracks", api_read.tracks),
        Route("/api/v1/tracks/{mover}", api_read.track),
        Route("/api/v1/incidents/{id}", api_read.incident),
        Route("/api/v1/log", api_read.log),
        Route("/api/v1/log.html", api_read.log_page),
        Route("/api/v1/zones.geojson", api_read.zones_geojson),
        Route("/api/v1/zones.kml", api_read.zones_kml),
        Route("/api/v1/zones/read", api_write.read_zones, methods=["POST"]),
        Route("/api/v1/position", api_write.position, methods=["POST"]),
        Route("/api/v1/line", api_line.line),
        Route("/api/v1/line/translations", api_line.translations),
        Route("/api/v1/line/preview", api_line.preview, methods=["POST"]),
        Route("/api/v1/acts", api_write.act, methods=["POST"]),
        Route("/api/v1/reports", api_write.reports, methods=["POST"]),
        Route("/osmand", api_write.osmand, methods=["GET", "POST"]),
        Route("/login", api_write.login_page, methods=["GET"]),
        Route("/login", api_write.login_form, methods=["POST"]),
        Route("/text", api_read.alarms_page),
        Route("/g/{token}", guest.look, methods=["GET"]),
        Route("/g/{token}", guest.step, methods=["POST"]),
        WebSocketRoute("/ws/events", sockets.events),
        WebSocketRoute("/ws/tracks", sockets.tracks),
    ]
