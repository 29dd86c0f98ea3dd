"""Which options the installed programs have, and which of them are left out on purpose."""

import glob
import gzip
import re
import subprocess

TLS = "TLS is not part of this check"
PSK = "TLS with a pre-shared key is not part of this check"
PROXY = "needs a SOCKS proxy; the broker sees an ordinary connection"
SRV = "asks the DNS where the broker is; Debian builds the clients without it"

LEFT_OUT = {
    "--cafile": TLS,
    "--capath": TLS,
    "--cert": TLS,
    "--ciphers": TLS,
    "--insecure": TLS,
    "--key": TLS,
    "--keyform": TLS,
    "--tls-alpn": TLS,
    "--tls-engine": TLS,
    "--tls-engine-kpass-sha1": TLS,
    "--tls-use-os-certs": TLS,
    "--tls-version": TLS,
    "--psk": PSK,
    "--psk-identity": PSK,
    "--proxy": PROXY,
    "-S": SRV,
}

# The long names are in the manual pages only, which a small installation may lack.
LONG_NAMES = {
    "-c": "--disable-clean-session",
    "-d": "--debug",
    "-D": "--property",
    "-f": "--file",
    "-h": "--host",
    "-i": "--id",
    "-I": "--id-prefix",
    "-k": "--keepalive",
    "-l": "--stdin-line",
    "-L": "--url",
    "-m": "--message",
    "-n": "--null-message",
    "-p": "--port",
    "-P": "--pw",
    "-q": "--qos",
    "-r": "--retain",
    "-s": "--stdin-file",
    "-t": "--topic",
    "-T": "--filter-out",
    "-u": "--username",
    "-U": "--unsubscribe",
    "-v": "--verbose",
    "-V": "--protocol-version",
}

OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z0-9-]*|-[A-Za-z])(?![\w-])")
DEFINED_OPTIONS = re.compile(r"^\.PP\n(\\fB-.*)$", re.M)
PROPERTIES_OF_COMMAND = re.compile(r'^\.SS "(\w+)[^"]*"$(.*?)(?=^\.S[SH] )', re.M | re.S)
PROPERTY = re.compile(r"^\\fB([a-z][a-z-]+)\\fR$", re.M)


def known_options(program):
    """All that --help names, and all that the manual page defines if it is there."""
    found = set(OPTION.findall(help_text(program)))
    for line in DEFINED_OPTIONS.findall(manual(program)):
        found.update(OPTION.findall(line.replace("\\fB", "").replace("\\fR", "")))
    return found


def known_properties(program):
    """What the manual page offers for -D, such as "publish content-type"."""
    section = manual(program).partition('.SH "PROPERTIES"')[2].partition('.SH "EXIT STATUS"')[0]
    return {
        f"{command.lower()} {name}"
        for command, body in PROPERTIES_OF_COMMAND.findall(section + ".SH end\n")
        for name in PROPERTY.findall(body)
    }


def help_text(program):
    return subprocess.run(
        [f"mosquitto_{program}", "--help"], capture_output=True, text=True, check=False
    ).stdout


def manual(program):
    pages = glob.glob(f"/usr/share/man/man1/mosquitto_{program}.1.gz")
    if not pages:
        return ""
    with gzip.open(pages[0], "rt", encoding="utf-8") as page:
        return page.read().replace("\\-", "-")
