"""The citizen code: its bytes, its signatures, its picture.

Everything that reads or writes a code is pure: no Flask, no database, no clock and no settings, so that a
kiosk installs it alone and the server and the kiosk judge a code by the same lines.

    armour     text <-> bytes            RFC 9285
    cbor       one strict door to CBOR   RFC 8949
    cose       keys and signatures       RFC 9052, 9053
    headers    algorithm and key       RFC 9052
    format     the shape of a code       RFC 8392, 8747, docs/code-format.md
    reading    trust and freshness, replay keys
    handles    the sealed handle of an online code
    density    how large a picture may become
    issuing    making codes
    drawing    drawing them
"""
