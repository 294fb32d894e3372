"""Claude by its API as a teacher: a blueprint per request, replies kept before they are used, a cap nobody passes.

`models` holds the prices, `blueprints` what to ask for, `request` how it is asked, `items` what came back; `client` makes
one request whatever happens on the way, `purse` keeps the money, `pace` how many at once, `teacher` hands the pairs on.
"""
