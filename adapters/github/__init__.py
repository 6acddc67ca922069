"""GitHub, and GitHub Enterprise Server, by githubkit.

githubkit brings the client, the signing of an App's requests and the headers; everything that decides is here: which
requests may repeat, what an answer means, where credentials may go. Answers are read into small structs of our own
(`wire`), which tolerate servers of any age, never into githubkit's models.

    address      the one base URL, and what follows from it
    transport    one pool of connections for the life of the adapter
    credentials  a token as it was given, or an App's, made for one repository
    client       one request: sent, repeated where that is safe, its answer read or translated
    errors       the table from answers to the domain's errors
    forge        the port
"""
