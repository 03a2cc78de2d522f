"""raw.location: where a device is, and what is sent around it."""

from typing import Any, Final

from pipeline.simulator.draw import pick
from pipeline.simulator.networks import CELL_DIGITS, Cell, Station
from pipeline.simulator.routes import METRES_PER_DEGREE
from pipeline.simulator.scene import Scene
from transforms.coordinates import wgs84_to_gcj02

_GPS: Final = 0.85
_GCJ02: Final = 0.45
_IP: Final = 0.4
_WIFI: Final = 0.75
_BLUETOOTH: Final = 0.3
_CELL: Final = 0.7
_STORE: Final = 0.6  # share of events in shops that say which
_PRECISION: Final = 100_000_000  # eight decimals


def location_event(scene: Scene) -> dict[str, Any]:
    """
    A position by satellite, by network, or by both.
    """
    rng, person = scene.world.rng, scene.person
    event = scene.envelope()
    lat, lng = person.route.at(scene.ms)
    site = person.route.site
    if rng.random() < _GPS:
        event["gps"] = _gps(scene, lat, lng)
    if rng.random() < _IP:
        event["ip"] = scene.plant(person.connection.current(rng))
    wifi = site.stations if rng.random() < _WIFI else ()
    event["wifi"] = [_wifi(scene, station) for station in wifi]
    event["bluetooth"] = _bluetooth(scene)
    if rng.random() < _CELL:
        event["cell"] = _cell(scene, site.cells[person.carrier])
    if site.store_id and rng.random() < _STORE:
        event["store_id"] = site.store_id
    return event


def _gps(scene: Scene, lat: float, lng: float) -> dict[str, Any]:
    rng = scene.world.rng
    accuracy = 3 + int(rng.random() ** 3 * 620) / 10
    scatter = accuracy / METRES_PER_DEGREE
    lat, lng = lat + (rng.random() - 0.5) * scatter, lng + (rng.random() - 0.5) * scatter
    shifted = rng.random() < _GCJ02
    if shifted:
        lat, lng = wgs84_to_gcj02(lat, lng)
    lat, lng = _eight_decimals(lat), _eight_decimals(lng)
    scene.planted += (repr(lat), repr(lng))
    return {"lat": lat, "lng": lng, "accuracy_m": accuracy, "coord": "gcj02" if shifted else "wgs84"}


def _eight_decimals(degrees: float) -> float:
    # An odd last digit is not zero, so that all eight are written and no short number is an identifier.
    return (int(degrees * _PRECISION) | 1) / _PRECISION


def _wifi(scene: Scene, station: Station) -> dict[str, Any]:
    _plant_station(scene, station)
    return {"bssid": station.mac, "ssid": station.name, "rssi": -35 - int(scene.world.rng.random() * 55)}


def _bluetooth(scene: Scene) -> list[dict[str, Any]]:
    rng = scene.world.rng
    if rng.random() >= _BLUETOOTH:
        return []
    stations = (pick(rng, scene.person.gadgets), pick(rng, scene.world.population.passing_stations))
    for station in stations:
        _plant_station(scene, station)
    return [{"mac": station.mac, "name": station.name, "rssi": -40 - int(rng.random() * 55)} for station in stations]


def _plant_station(scene: Scene, station: Station) -> None:
    scene.planted += (station.mac, station.bare)
    if station.name:
        scene.planted.append(station.name)
    if station.owner:
        scene.planted.append(station.owner)


def _cell(scene: Scene, cell: Cell) -> dict[str, Any]:
    identity = str(cell.cid)
    if len(identity) >= CELL_DIGITS:
        scene.planted.append(identity)
    return {"mcc": cell.mcc, "mnc": cell.mnc, "lac": cell.lac, "cid": cell.cid}
