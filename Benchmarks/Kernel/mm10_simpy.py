"""M/M/10 at load 0.9 in SimPy: one Resource, one process per customer.

Prints customers per second of CPU time and the mean wait (exact 0.66873).

    python3 mm10_simpy.py CUSTOMERS
"""

import random
import sys
import time

import simpy

SERVERS = 10
ARRIVAL_RATE = 9.0
SERVICE_RATE = 1.0


def customer(env, servers, draw, waits):
    arrived = env.now
    with servers.request() as request:
        yield request
        waits.append(env.now - arrived)
        yield env.timeout(draw.expovariate(SERVICE_RATE))


def source(env, servers, draw, waits, customers):
    for _ in range(customers):
        yield env.timeout(draw.expovariate(ARRIVAL_RATE))
        env.process(customer(env, servers, draw, waits))


def main():
    customers = int(sys.argv[1])
    env = simpy.Environment()
    servers = simpy.Resource(env, SERVERS)
    waits = []
    env.process(source(env, servers, random.Random(1), waits, customers))
    start = time.process_time()
    env.run()
    seconds = time.process_time() - start
    print(f"{customers / seconds:.6e} {sum(waits) / len(waits):.6f}")


main()
