#!/usr/bin/env python3
"""JAX's side of scripts/compare: training steps with optax and sampling, compiled by `jit`.

usage: jax_peer.py DIR            answers lines as bench/compare_bench.cpp does
       jax_peer.py job H STEPS OUT   trains, samples and writes the samples, from the start to the end of the process

Whole training steps run in a `lax.scan`, with the data, the noise and the average of the weights, so a step costs no Python.
Random numbers come from JAX's generator `rbg`, which is faster on processors than its default.
"""
import functools
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax

from serve import (CHECKED, CLIP, DECAY, EULER_STEPS, LEARNING_RATE, SAMPLES, WARM_UP, WEIGHT_DECAY, fastest, layers, load_weights,
                   serve)

SCAN = 25  # steps of one compiled call


def velocity(parameters, x, t):
    h = jnp.concatenate([x, t], 1)
    for weight, bias in parameters[:-1]:
        h = jax.nn.silu(h @ weight + bias)
    weight, bias = parameters[-1]
    return h @ weight + bias


def initial(hidden, key):
    """Draws weights as PyTorch does: uniform in +-1 / sqrt(in)."""
    parameters = []
    for out, width in layers(hidden):
        key, a, b = jax.random.split(key, 3)
        bound = width ** -0.5
        parameters.append((jax.random.uniform(a, (width, out), minval=-bound, maxval=bound),
                           jax.random.uniform(b, (out,), minval=-bound, maxval=bound)))
    return parameters


class Training:
    def __init__(self, rows, hidden):
        optimizer = optax.chain(optax.clip_by_global_norm(CLIP), optax.adamw(LEARNING_RATE, weight_decay=WEIGHT_DECAY))

        def loss_of(parameters, key):
            a, b, c, d, e = jax.random.split(key, 5)
            angle, lower = jnp.pi * jax.random.uniform(a, (rows,)), jax.random.bernoulli(b, 0.5, (rows,))
            cos, sin = jnp.cos(angle), jnp.sin(angle)
            x1 = jnp.stack([jnp.where(lower, 1 - cos, cos), jnp.where(lower, 0.5 - sin, sin)], 1)
            x1 = x1 + 0.05 * jax.random.normal(c, (rows, 2))
            x0, t = jax.random.normal(d, (rows, 2)), jax.random.uniform(e, (rows, 1))
            return jnp.mean((velocity(parameters, t * x1 + (1 - t) * x0, t) - (x1 - x0)) ** 2)

        def step(state, _):
            parameters, moments, average, key = state
            key, own = jax.random.split(key)
            loss, gradient = jax.value_and_grad(loss_of)(parameters, own)
            update, moments = optimizer.update(gradient, moments, parameters)
            parameters = optax.apply_updates(parameters, update)
            average = jax.tree.map(lambda m, p: DECAY * m + (1 - DECAY) * p, average, parameters)
            return (parameters, moments, average, key), loss

        self.scan = jax.jit(lambda state: lax.scan(step, state, None, SCAN), donate_argnums=0)
        first, rest = jax.random.split(jax.random.key(0))
        parameters = initial(hidden, first)
        self.state = (parameters, optimizer.init(parameters), jax.tree.map(jnp.copy, parameters), rest)

    def run(self):
        """Takes SCAN steps and returns their losses."""
        self.state, losses = self.scan(self.state)
        return np.asarray(losses)


def step_case(rows, hidden):
    training = Training(rows, hidden)
    losses = np.concatenate([training.run() for _ in range(WARM_UP // SCAN)])
    return lambda: len(training.run()), {"check": float(losses[-CHECKED:].mean())}


@functools.partial(jax.jit, static_argnums=(2, 3))
def sample(parameters, key, block, steps):
    """Returns SAMPLES points by Euler's method. Blocks of `block` rows go through all steps, one block after the other."""
    x = jax.random.normal(key, (SAMPLES // block, block, 2))

    def integrate(x):
        def step(k, x):
            return x + velocity(parameters, x, jnp.full((block, 1), k / EULER_STEPS)) / EULER_STEPS
        return lax.fori_loop(0, steps, step, x)
    return lax.map(integrate, x).reshape(SAMPLES, 2)


def sample_case(folder, hidden):
    parameters = [(jnp.asarray(weight.T), jnp.asarray(bias)) for weight, bias in load_weights(folder, hidden)]
    key = jax.random.key(1)

    def make(block, steps):
        def once():
            sample(parameters, key, block, steps).block_until_ready()
            return 1
        return once
    block, _ = fastest((10000, 2000, 500), lambda size: make(size, EULER_STEPS // 10))
    once = make(block, EULER_STEPS)
    x = np.asarray(sample(parameters, key, block, EULER_STEPS))
    return once, {"check": float((x ** 2).sum(1).mean()), "note": f"blocks of {block} rows"}


def job(hidden, steps, out):
    training = Training(256, hidden)
    for _ in range(steps // SCAN):
        training.run()
    np.save(out, np.asarray(sample(training.state[2], jax.random.key(1), 2000, EULER_STEPS)))


def main():
    jax.config.update("jax_default_prng_impl", "rbg")
    if sys.argv[1] == "job":
        job(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
        return
    serve({"JAX": jax.__version__, "optax": optax.__version__},
          {"step": step_case, "sample": functools.partial(sample_case, sys.argv[1])})


if __name__ == "__main__":
    main()
