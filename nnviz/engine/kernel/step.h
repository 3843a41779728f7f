/* From a gradient to new parameters: penalty, limit, and the optimiser's step. */

/* Flat vectors of any length: whole vectors first, then the rest number by number, as a vector
   that is filled up with zeros. */
#define EACH(...)                                                                    \
    for (i64 i = 0; i < size; i += W) {                                              \
        const i64 most = size - i < W ? size - i : W;                                \
        vec P = T(some)(p + i, most), G = T(some)(g + i, most);                      \
        __VA_ARGS__;                                                                 \
    }
static INLINE vec T(some)(const REAL *from, i64 most) {
    if (most == W) return LD(from);
    vec v = {}; /* by way of memory it would have to wait for what has just been written there */
    UNROLL for (i64 i = 0; i < W - 1; i++) if (i < most) v[i] = from[i];
    return v;
}
static INLINE void T(put)(REAL *to, vec v, i64 most) {
    if (most == W) { ST(to, v); return; }
    REAL lane[W];
    ST(lane, v);
    for (i64 i = 0; i < most; i++) to[i] = lane[i];
}

/* l1 · sign(w) + l2 · w is added to the gradient of weights (`mask` is 1), not of biases. */
static void T(penalise)(const Net *net, const REAL *p, REAL *g) {
    const i64 size = net->trained;
    const REAL l1 = (REAL)net->l1, l2 = (REAL)net->l2, *mask = net->mask;
    EACH({
        vec weight = T(some)(mask + i, most);
        if (net->l2 != 0) G += P * weight * l2;
        if (net->l1 != 0) G += T(sign)(P) * weight * l1;
        T(put)(g + i, G, most);
    })
}
/* The sum of the squares of g. */
static REAL T(squares)(const REAL *g, i64 size) {
    vec sum[PARTS] = {};
    for (i64 i = 0; i < size; i += LANES)
        for (i64 part = 0; part < PARTS; part++) {
            const i64 at = i + part * W, left = size - at;
            if (left <= 0) continue;
            vec G = T(some)(g + at, left < W ? left : W);
            sum[part] = T(fma)(G, G, sum[part]);
        }
    return T(fold)(sum);
}
static void T(limit)(const Net *net, const REAL *p, REAL *g) {
    const i64 size = net->trained;
    if (net->clip_norm > 0) {
        const double factor =
            net->clip_norm / (__builtin_sqrt((double)T(squares)(g, size)) + 1e-6);
        EACH({ (void)P; T(put)(g + i, G * (REAL)(factor < 1 ? factor : 1), most); })
    }
    if (net->clip_value > 0) {
        const vec most_of = T(splat)((REAL)net->clip_value);
        EACH({ (void)P; T(put)(g + i, T(min)(T(max)(G, -most_of), most_of), most); })
    }
}

/* Moments that have all but faded become zero: with subnormal numbers a processor is slow. */
static void T(clear_faded)(REAL *moment, i64 size) {
    for (i64 i = 0; moment && i < size; i++)
        if (moment[i] < FADED && moment[i] > -FADED) moment[i] = 0;
}

/* Moments are kept without the factors 1 - beta, which are in `size` and `epsilon`. */
static void T(update)(const Net *net, REAL *p, const REAL *g, double rate) {
    const i64 size = net->trained;
    const double *h = net->hyper; /* momentum, rho or beta 1; beta 2; epsilon; decay */
    const vec r = T(splat)((REAL)rate), b1 = T(splat)((REAL)h[0]), b2 = T(splat)((REAL)h[1]);
    REAL *first = net->first, *second = net->second;
#define FIRST T(some)(first + i, most)
    switch (net->optimizer) {
    case SGD: EACH(T(put)(p + i, P - G * r, most)) break;
    case MOMENTUM: case NESTEROV:
        EACH({
            vec V = T(fma)(FIRST, b1, G);
            T(put)(first + i, V, most);
            T(put)(p + i, P - (net->optimizer == MOMENTUM ? V : T(fma)(V, b1, G)) * r, most);
        }) break;
    case RMSPROP: {
        const double factor = __builtin_sqrt(1 - h[0]);
        const vec step = T(splat)((REAL)(rate / factor)), tiny = T(splat)((REAL)(h[2] / factor));
        EACH({
            vec S = T(fma)(FIRST, b1, G * G);
            T(put)(first + i, S, most);
            T(put)(p + i, P - G / (T(root)(S) + tiny) * step, most);
        }) break;
    }
    case ADAM: case ADAMW: {
        const double t = (double)net->steps;
        const double factor = __builtin_sqrt((1 - h[1]) / (1 - power(h[1], t)));
        const vec step = T(splat)((REAL)(rate * (1 - h[0]) / (1 - power(h[0], t)) / factor));
        const vec tiny = T(splat)((REAL)(h[2] / factor));
        const vec stays = T(splat)(net->optimizer == ADAMW ? (REAL)(1 - rate * h[3]) : 1);
        EACH({
            vec M = T(fma)(FIRST, b1, G), V = T(fma)(T(some)(second + i, most), b2, G * G);
            T(put)(first + i, M, most);
            T(put)(second + i, V, most);
            T(put)(p + i, P * stays - M / (T(root)(V) + tiny) * step, most);
        })
    }
    }
#undef FIRST
}
#undef EACH

/* One step of the method; the gradient is then as the optimiser had it. */
static void T(step)(Net *net, double rate) {
    REAL *p = net->parameters, *g = net->gradients, *held = net->held_values;
    if (net->l1 != 0 || net->l2 != 0) T(penalise)(net, p, g);
    if (net->clip_norm > 0 || net->clip_value > 0) T(limit)(net, p, g);
    net->steps++;
    if (net->steps % 64 == 0) {
        T(clear_faded)(net->first, net->trained);
        T(clear_faded)(net->second, net->trained);
    }
    for (i64 i = 0; i < net->held; i++) held[i] = p[net->held_at[i]];
    T(update)(net, p, g, rate);
    for (i64 i = 0; i < net->held; i++) p[net->held_at[i]] = held[i];
}
