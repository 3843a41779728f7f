/* Records: of each epoch in a log, the loss, the share that is right, the size of gradients. */

/* v, and 0 in the lanes beyond the first `most` */
static INLINE vec T(first)(vec v, i64 most) {
    if (most < W) UNROLL for (i64 i = 1; i < W; i++) if (i >= most) v[i] = 0;
    return v;
}
/* The losses of `most` samples that lie side by side, each of them summed over the outputs. */
static INLINE vec T(loss_of)(i64 loss, const REAL *z, const REAL *a, const REAL *y, i64 ld, i64 ldy,
                             i64 units, i64 most) {
    const vec zero = {};
    vec sum = zero, top = T(some)(z, most), whole = zero;
#define EACH(...)                                                                        \
    for (i64 u = 0; u < units; u++) {                                                    \
        vec Z = T(some)(z + u * ld, most), A = T(some)(a + u * ld, most);                \
        vec Y = T(some)(y + u * ldy, most);                                              \
        (void)Z, (void)A, (void)Y;                                                       \
        __VA_ARGS__;                                                                     \
    }
    switch (loss) {
    case MSE: case HALF_MSE: EACH(vec e = A - Y; sum = T(fma)(e, e, sum)) break;
    case MAE: EACH(sum += T(abs)(A - Y)) break;
    case BCE: EACH(sum += T(softplus)(Z) - Y * Z) break; /* softplus and log-sum-exp of z: exact */
    case PERCEPTRON: EACH(sum += T(max)(-(Y * Z), zero)) break; /* where a has rounded to 0 or 1 */
    case CROSS_ENTROPY:
        EACH(top = T(max)(top, Z))
        EACH(whole += T(exp)(Z - top); sum = T(fma)(Y, Z, sum))
        sum = T(log)(whole) + top - sum;
    }
#undef EACH
    return sum;
}
/* The number of the largest of the outputs, the first of equal ones; NaN is the largest. */
static INLINE vec T(largest)(const REAL *a, i64 ld, i64 units, i64 most) {
    vec best = T(some)(a, most), place = {};
    for (i64 u = 1; u < units; u++) {
        vec A = T(some)(a + u * ld, most);
        ivec above = (ivec)(A > best) | ((ivec)(A != A) & (ivec)(best == best));
        best = T(select)(above, A, best), place = T(select)(above, T(splat)((REAL)u), place);
    }
    return place;
}
/* Over all samples, LANES at a time, the sum of what is said of `most` of them from number b on. */
#define OVER_SAMPLES(...)                                                                \
    vec sum[PARTS] = {};                                                                 \
    for (i64 i = 0; i < rows; i += LANES)                                                \
        for (i64 part = 0; part < PARTS; part++) {                                       \
            const i64 b = i + part * W, most = rows - b < W ? rows - b : W;              \
            if (most > 0) sum[part] += T(first)(__VA_ARGS__, most);                      \
        }

/* Of logs [epochs][units][rows] of z and a, for targets y with rows `ldy` apart, the loss. */
void EXPORTED(losses)(i64 loss, const REAL *z, const REAL *a, const REAL *y, i64 ldy, i64 epochs,
                      i64 units, i64 rows, double *out) {
    const int all = loss != CROSS_ENTROPY && loss != PERCEPTRON; /* a mean over outputs too */
    const double count = (double)rows * (double)(all ? units : 1) * (loss == HALF_MSE ? 2 : 1);
    for (i64 e = 0; e < epochs; e++, z += units * rows, a += units * rows) {
        OVER_SAMPLES(T(loss_of)(loss, z + b, a + b, y + b, rows, ldy, units, most))
        out[e] = (double)T(fold)(sum) / count;
    }
}
/* The share of samples whose class is that of their target: see `decide` in metrics.py. */
void EXPORTED(accuracies)(const REAL *a, const REAL *y, i64 ldy, double threshold, i64 epochs,
                          i64 units, i64 rows, double *out) {
    const vec zero = {}, one = T(splat)(1), limit = T(splat)((REAL)threshold);
    for (i64 e = 0; e < epochs; e++, a += units * rows) {
        if (units == 1) {
            OVER_SAMPLES(WHERE((T(some)(a + b, most) > limit) == (T(some)(y + b, most) > limit),
                               one, zero))
            out[e] = (double)T(fold)(sum) / (double)rows;
        } else {
            OVER_SAMPLES(WHERE(T(largest)(a + b, rows, units, most) ==
                               T(largest)(y + b, ldy, units, most), one, zero))
            out[e] = (double)T(fold)(sum) / (double)rows;
        }
    }
}
#undef OVER_SAMPLES
/* The root mean square of each layer's part of gradients [epochs][parameters]. */
void EXPORTED(sizes)(const REAL *gradients, const i64 *parameters, i64 layers, i64 epochs,
                     double *out) {
    for (i64 e = 0; e < epochs; e++)
        for (i64 l = 0; l < layers; gradients += parameters[l++])
            *out++ = parameters[l] ? __builtin_sqrt((double)T(squares)(gradients, parameters[l]) /
                                                    (double)parameters[l])
                                   : 0;
}
