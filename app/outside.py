"""Which profiles send what they are asked out of the house: to a server that is not on this network."""

from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from app.model.profiles import Profile

# Said in full: what a library calls private holds addresses by which others can be reached.
_OLD = "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "0.0.0.0/32"
_NEW = "::1/128", "fc00::/7", "fe80::/10", "::/128"
_INSIDE = tuple(map(ip_network, (*_OLD, *_NEW)))
_WITHOUT_SERVER = "reader", "local"  # the presets that ask nobody, whatever their address
_HOSTED = (
    "zai",
    "bigmodel",
    "openai",
)  # those whose usual address, which an empty one means, is somebody else's
_HOME_NAMES = (".localhost", ".local", ".lan", ".internal", ".home.arpa", ".home", ".intranet")


def is_outside(profile: Profile) -> bool:
    """Tell whether a profile asks a server that is neither this computer nor on its private network."""
    url = profile.base_url.strip()
    if profile.preset in _WITHOUT_SERVER or not url:
        return profile.preset in _HOSTED
    try:
        # As it will be asked: without a scheme, what stands first is the host all the same.
        host = urlsplit(url if "://" in url else f"http://{url}").hostname
    except ValueError:
        host = None
    if not host:
        return True  # nobody can say where that leads
    host = host.rstrip(".").lower()
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        # A name without a dot is one of this network; one that is made of digits is an address in disguise.
        plain = "." not in host and not host.startswith("0x") and not host.isdigit()
        return not (plain or host.endswith(_HOME_NAMES))
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return not any(address in network for network in _INSIDE)


def is_careful(profile: Profile) -> bool:
    """Tell whether pictures are looked through for secrets before this profile sends them."""
    return is_outside(profile) if profile.careful is None else profile.careful
