"""The server as the protocol's own Python SDK sees it: a login, a confirmed write and a declined one.

    tests/python_client

runs this against the sandbox inside the server, once for each way in which the protocol begins. The page that a
user would open in a browser is fetched and answered over HTTP.
"""

import argparse
import asyncio
import datetime
import html
import http.cookiejar
import re
import sys
import urllib.parse
import urllib.request

from mcp import Client, StdioServerParameters
from mcp.types import ElicitResult

READING = {
    "activities", "diary_day", "diary_month", "exercise_day", "find_barcode", "get_food", "login", "search_foods",
    "status", "weights",
}
WRITING = {"delete_entry", "edit_entry", "log_exercise", "log_food", "logout", "record_weight"}


def tell(who, what):
    print(f"{who:>9}: {what}", flush=True)


def approve(page):
    """Logs in on the page and allows the access, as a user does in a browser. Returns the PIN."""
    cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    # Without proxies: the page is on this machine.
    browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
    shown = browser.open(page, timeout=30).read().decode()
    assert "asks for access to your account" in shown, shown
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', shown))
    fields = {html.unescape(name): html.unescape(value) for name, value in fields.items()}
    fields |= {"name": "ada", "password": "lovelace", "answer": "allow"}
    action = urllib.parse.urljoin(page, html.unescape(re.search(r'<form method="post" action="([^"]*)"', shown)[1]))
    shown = browser.open(action, urllib.parse.urlencode(fields).encode(), timeout=30).read().decode()
    return re.search(r'<strong id="code">([^<]*)</strong>', shown)[1]


class Person:
    """The user in front of the client."""

    def __init__(self):
        self.answer = "accept"
        self.asked = []

    async def answers(self, context, params):
        assert params.mode == "form", params
        self.asked.append(params.message)
        tell("server", f"asks: {params.message}")
        tell("user", self.answer)
        content = {} if self.answer == "accept" else None
        return ElicitResult(action=self.answer, content=content)


async def call(client, tool, **arguments):
    shown = {name: "..." if name == "pin" else value for name, value in arguments.items()}
    tell("assistant", f"{tool} {shown}")
    result = await client.call_tool(tool, arguments)
    tell("server", result.content[0].text)
    return result


async def done(client, tool, **arguments):
    # The SDK checks the structured result by the schema that the tool declares.
    result = await call(client, tool, **arguments)
    assert not result.is_error and result.structured_content is not None, result
    return result.structured_content


async def failed(client, tool, **arguments):
    result = await call(client, tool, **arguments)
    assert result.is_error, result
    return result.content[0].text


async def listed(client):
    return {tool.name for tool in (await client.list_tools()).tools}


async def check(server, mode, version):
    print(f"\nmode {mode}", flush=True)
    async with Client(server(), mode=mode) as client:
        assert client.protocol_version == version, client.protocol_version
        assert "Powered by fatsecret" in client.instructions
        assert await listed(client) == READING
        assert "--allow-writes" in await failed(client, "log_food", food_id="3001", servings="1", meal="lunch")
    async with Client(server("--allow-writes"), mode=mode) as client:
        assert await listed(client) == READING | WRITING

    person = Person()
    async with Client(server(), mode=mode, elicitation_callback=person.answers) as client:
        assert await listed(client) == READING | WRITING
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert all(tool.annotations.read_only_hint == (name in READING - {"login"}) for name, tool in tools.items())

        assert "login" in await failed(client, "diary_day")
        page = (await done(client, "login"))["page"]
        assert "still open" in await failed(client, "login", pin="000000")
        pin = approve(page)
        tell("user", "opens the page, allows the access, and reads the PIN")
        assert (await done(client, "login", pin=pin))["is_connected"]

        day = str(datetime.date.today())
        found = await done(client, "search_foods", query="oatmeal")
        food = await done(client, "get_food", food_id=found["foods"][0]["food_id"])
        serving = next(serving for serving in food["servings"] if serving["is_default"])
        entry = {"food_id": food["food_id"], "serving_id": serving["serving_id"], "servings": "1.5", "meal": "breakfast"}
        assert person.asked == []
        written = await done(client, "log_food", **entry, date=day)
        assert len(person.asked) == 1 and "Oatmeal" in person.asked[0], person.asked

        person.answer = "decline"
        assert "Nothing was changed" in await failed(client, "delete_entry", entry_id=written["entry_id"])
        read = await done(client, "diary_day", date=day)
        [entry] = read["meals"][0]["entries"]
        assert (entry["entry_id"], entry["units"]) == (written["entry_id"], "1.500"), entry
        assert read["total"] == read["meals"][0]["total"], read

        person.answer = "accept"
        await done(client, "delete_entry", entry_id=written["entry_id"])
        assert (await done(client, "diary_day", date=day))["meals"] == []
        await done(client, "logout")
        assert not (await done(client, "status"))["is_connected"]


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server", help="the server's program")
    program = parser.parse_args().server

    def server(*arguments):
        # The SDK hands the server few variables of its own environment, and so no keys.
        return StdioServerParameters(command=program, args=list(arguments))

    async with asyncio.timeout(120):
        await check(server, "legacy", "2025-11-25")
        await check(server, "auto", "2026-07-28")
    print("\n2 passed, 0 failed", flush=True)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
