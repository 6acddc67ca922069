"""A stand-in for GitHub Enterprise Server: REST, GraphQL and git over real HTTP, on one port of loopback.

It keeps state, knows Apps and their tokens, and checks itself: every request that comes in and every answer that it
gives is held against GitHub's own description (`tests.support.github_openapi`); what does not agree is in `problems`.
What a `World` does for people has no HTTP: tests call it directly.

    world         repositories, issues, people, and what people do
    access        tokens, Apps and what each may do
    views         answers, made of the description's own examples and the facts of the world
    rest          the operations that the agent uses
    graphql       the three documents that the agent uses
    server        all of it over HTTP, and faults at chosen requests
"""
