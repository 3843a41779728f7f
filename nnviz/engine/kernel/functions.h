/* Activations, without branches and without a library: each a few products.

   Numbers that are not finite come out where NumPy has them; other results are within 3 units in
   the last place. */

/* e^x = 2^n e^r with |r| <= ln 2 / 2; returns e^r - 1, and 2^n in `scale`. */
static INLINE vec T(exp_parts)(vec x, vec *scale) {
    vec k = T(fma)(x, T(splat)((REAL)1.4426950408889634), T(splat)(ROUNDER));
    ivec n = (ivec)k;
    k -= T(splat)(ROUNDER);
    vec r = T(fma)(k, T(splat)(-LN2_LOW), T(fma)(k, T(splat)(-LN2_HIGH), x));
    static const REAL rest[] = EXP_TERMS;
    vec p = T(splat)(rest[0]);
    for (i64 i = 1; i < (i64)(sizeof rest / sizeof *rest); i++) p = T(fma)(p, r, T(splat)(rest[i]));
    *scale = (vec)((n << MANTISSA) + ONE_BITS);
    return T(fma)(p * r, r, r);
}
/* Beyond these bounds e^x leaves the normal numbers. */
static INLINE vec T(bounded)(vec x) {
    const vec high = T(splat)(EXP_MOST);
    return WHERE(x > high, high, WHERE(x < -high, -high, x));
}
/* e^x; infinity or 0 beyond those bounds */
static INLINE vec T(exp)(vec x) {
    const vec high = T(splat)(EXP_MOST), zero = {}, infinity = 1 / zero;
    vec scale, e = T(exp_parts)(T(bounded)(x), &scale);
    return WHERE(x > high, infinity, WHERE(x < -high, zero, T(fma)(e, scale, scale)));
}
/* e^x - 1 */
static INLINE vec T(expm1)(vec x) {
    vec scale, e = T(exp_parts)(T(bounded)(x), &scale);
    return T(fma)(e, scale, scale - 1);
}
/* (e^2|x| - 1) / (e^2|x| + 1), with the sign of x */
static INLINE vec T(tanh)(vec x) {
    const vec most = T(splat)(TANH_MOST);
    vec a = T(abs)(x), e = T(expm1)(2 * WHERE(a > most, most, a));
    return (vec)((ivec)(e / (e + 2)) | ((ivec)x & ((ivec){} + SIGN)));
}
static INLINE vec T(sigmoid)(vec x) { return 1 / (1 + T(exp)(-x)); }
/* k ln 2 + ln(1 + f) for 0 <= f <= 1. What is above √2 is halved; with t = f / (2 + f) it is
   2 artanh t by its series, which has been fitted, and f - f²/2 is written out: they are exact. */
static INLINE vec T(log_of)(vec k, vec f) {
    const ivec above = (ivec)(f > (REAL)0.41421356237309503);
    f = T(select)(above, (f - 1) * (REAL)0.5, f);
    k = T(select)(above, k + 1, k);
    static const REAL series[] = LOG_TERMS;
    vec t = f / (2 + f), q = t * t, half = f * f * (REAL)0.5, p = T(splat)(series[0]);
    for (i64 i = 1; i < (i64)(sizeof series / sizeof *series); i++)
        p = T(fma)(p, q, T(splat)(series[i]));
    vec tail = T(fma)(t, T(fma)(p, q, half), k * LN2_LOW);
    return T(fma)(k, T(splat)(LN2_HIGH), f - (half - tail));
}
/* ln s of s >= 1, which is 2^k (1 + f) */
static INLINE vec T(log)(vec s) {
    const ivec k = ((ivec)s >> MANTISSA) - (ONE_BITS >> MANTISSA);
    const vec m = (vec)(((ivec)s & (((INT)1 << MANTISSA) - 1)) | ONE_BITS);
    const vec n = (vec)(k + (ivec)T(splat)(ROUNDER)) - T(splat)(ROUNDER);
    return WHERE(s - s == 0, T(log_of)(n, m - 1), s);
}
static INLINE vec T(softplus)(vec x) {
    const vec zero = {};
    vec tail = T(log_of)(zero, T(exp)(-T(abs)(x)));
    return WHERE(x > zero, tail + x, tail);
}
/* The tanh within GELU, and its argument kept where it cannot overflow. */
static INLINE vec T(gelu_inner)(vec x, vec *clipped) {
    *clipped = T(max)(T(min)(x, T(splat)(50)), T(splat)(-50));
    vec cubic = T(fma)(*clipped * *clipped, T(splat)((REAL)0.044715), T(splat)(1)) * *clipped;
    return T(tanh)(cubic * (REAL)0.7978845608028654);
}
static INLINE vec T(gelu_slope)(vec x) {
    vec c, t = T(gelu_inner)(x, &c);
    vec slope = T(fma)(c * c, T(splat)((REAL)0.134145), T(splat)(1)) * (REAL)0.7978845608028654;
    return (1 + t) * (REAL)0.5 + c * (REAL)0.5 * (1 - t * t) * slope;
}

/* a = f(z) for n numbers, n a multiple of W */
static void T(activate)(i64 f, const REAL *z, REAL *a, i64 n) {
    const vec zero = {}, one = T(splat)(1);
    vec c;
#define EACH(result)                    \
    for (i64 i = 0; i < n; i += W) {    \
        vec x = LD(z + i);              \
        ST(a + i, (result));            \
    }                                   \
    break;
    switch (f) {
    case SIGMOID: EACH(T(sigmoid)(x))
    case RELU: EACH(WHERE(x < zero, zero, x))
    case TANH: EACH(T(tanh)(x))
    case LINEAR: EACH(x)
    case SIGN_STEP: EACH(WHERE(x >= zero, one, -one))
    case LEAKY_RELU: EACH(T(max)(x, x * (REAL)0.01))
    case ELU: EACH(T(max)(x, T(expm1)(T(min)(x, zero))))
    case GELU: EACH((T(gelu_inner)(x, &c) + 1) * x * (REAL)0.5)
    case SOFTPLUS: EACH(T(softplus)(x))
    }
#undef EACH
}
/* a = softmax(z), the largest z taken out so that nothing overflows; arrays of units × n */
static void T(softmax)(const REAL *z, REAL *a, i64 units, i64 n) {
    for (i64 b = 0; b < n; b += W) {
        vec top = LD(z + b), sum = {};
        for (i64 u = 1; u < units; u++) top = T(max)(top, LD(z + u * n + b));
        for (i64 u = 0; u < units; u++) {
            vec e = T(exp)(LD(z + u * n + b) - top);
            ST(a + u * n + b, e);
            sum += e;
        }
        for (i64 u = 0; u < units; u++) ST(a + u * n + b, LD(a + u * n + b) / sum);
    }
}
/* dL/da in d becomes dL/dz = dL/da · f'(z) */
static void T(backward_activation)(i64 f, const REAL *z, const REAL *a, REAL *d, i64 units, i64 n) {
    const vec zero = {}, one = T(splat)(1), leak = T(splat)((REAL)0.01);
#define EACH(slope)                                              \
    for (i64 i = 0; i < units * n; i += W) {                     \
        vec x = LD(z + i), y = LD(a + i);                        \
        (void)x, (void)y;                                        \
        ST(d + i, LD(d + i) * (slope));                          \
    }                                                            \
    break;
    switch (f) {
    case SIGMOID: EACH((1 - y) * y)
    case RELU: EACH(WHERE(y > zero, one, zero))
    case TANH: EACH(1 - y * y)
    case LINEAR: break;
    case SIGN_STEP: EACH(zero)
    case LEAKY_RELU: EACH(WHERE(x > zero, one, leak))
    case ELU: EACH(T(exp)(T(min)(x, zero)))
    case GELU: EACH(T(gelu_slope)(x))
    case SOFTPLUS: EACH(T(sigmoid)(x))
    case SOFTMAX: /* a_i (g_i - sum of g_j a_j) */
        for (i64 b = 0; b < n; b += W) {
            vec sum = {};
            for (i64 u = 0; u < units; u++) sum = T(fma)(LD(d + u * n + b), LD(a + u * n + b), sum);
            for (i64 u = 0; u < units; u++)
                ST(d + u * n + b, (LD(d + u * n + b) - sum) * LD(a + u * n + b));
        }
    }
#undef EACH
}

/* n · dL/da of the outputs, or dL/dz where the loss is fused with their activation, times scale.
   Lanes beyond the batch's samples (`valid` is 0) get nothing. */
static void T(loss_gradient)(i64 loss, const REAL *z, const REAL *a, const REAL *y, REAL *d,
                             const REAL *scale, const REAL *valid, i64 units, i64 n) {
    const vec zero = {}, one = T(splat)(1);
    const REAL share = (REAL)(1.0 / (double)units), twice = (REAL)(2.0 / (double)units);
    for (i64 u = 0; u < units; u++)
        for (i64 b = 0; b < n; b += W) {
            i64 i = u * n + b;
            vec t = LD(y + i), e = LD(a + i) - t;
            switch (loss) {
            case MSE: e *= twice; break;
            case HALF_MSE: case BCE: e *= share; break;
            case MAE: e = T(sign)(e) * share; break;
            case PERCEPTRON: e = -(WHERE(t * LD(z + i) <= zero, one, zero) * t); break;
            }
            ST(d + i, WHERE(LD(valid + b) > zero, e * LD(scale + b), zero));
        }
}
