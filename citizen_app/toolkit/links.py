"""Links that people pass on: they leave this server, begin with the city's own address, and open one thing
without a sign-in.

    link = shared_link(SERVICE.id, "pass_pages_open.invited", "invitation", made.id)

    @open_pages.get("/invited/<token>")
    def invited(token: str) -> str:
        found = queries.invitation(thing_of_link(SERVICE.id, "invitation", token))

A link names its thing by a signed id: who knows or guesses ids cannot make one. Whoever holds it opens it, so
its page shows what may be read by anybody, and it carries no right.
"""

from citizen_app.web.boundary.shared_links import public_address, shared_link, thing_of_link

__all__ = ["public_address", "shared_link", "thing_of_link"]
