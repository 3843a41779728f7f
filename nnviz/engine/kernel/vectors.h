/* Vectors of one number type, as wide as the machine's registers (BYTES).

   Sums are laid out for LANES lanes, 64 bytes, whatever that width: where registers are shorter
   several of them stand for one, and lanes are folded in one fixed order. That, products added by
   `fma` alone, and a compiler that contracts nothing, make the same bits on every machine. */

#define LANES ((i64)(64 / sizeof(REAL)))
#define W ((i64)(BYTES / sizeof(REAL)))
#define PARTS (64 / BYTES)
typedef REAL T(vec) __attribute__((vector_size(BYTES)));
typedef REAL T(loose) __attribute__((vector_size(BYTES), aligned(sizeof(REAL)), may_alias));
typedef INT T(ivec) __attribute__((vector_size(BYTES)));
#define vec T(vec)
#define ivec T(ivec)
#define LD(p) T(load)(p)
#define ST(p, v) (*(T(loose) *)(p) = (v))
#ifdef __clang__
#define SHUFFLE(p, q, ...) __builtin_shufflevector(p, q, __VA_ARGS__)
#else
#define SHUFFLE(p, q, ...) __builtin_shuffle(p, q, (ivec){__VA_ARGS__})
#endif

static INLINE vec T(load)(const REAL *p) { return (vec)*(const T(loose) *)p; }
/* Taking 0 away, unlike adding it, leaves every number as it is: compilers know, and do nothing. */
static INLINE vec T(splat)(REAL a) { return a - (vec){}; }
/* a · b + c, rounded once. GCC does not always see that the loop is one instruction. */
static INLINE vec T(fma)(vec a, vec b, vec c) {
#if !defined(__clang__) && defined(__AVX512F__)
    return WIDTH == 16 ? (vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c)
                       : (vec)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#elif !defined(__clang__) && defined(__FMA__)
    return WIDTH == 16 ? (vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c)
                       : (vec)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#else
    vec r;
    UNROLL for (i64 i = 0; i < W; i++) r[i] = SCALAR(fma)(a[i], b[i], c[i]);
    return r;
#endif
}
static INLINE vec T(root)(vec a) {
    vec r;
    UNROLL for (i64 i = 0; i < W; i++) r[i] = SCALAR(sqrt)(a[i]);
    return r;
}
static INLINE vec T(select)(ivec which, vec a, vec b) {
    return (vec)((which & (ivec)a) | (~which & (ivec)b));
}
#define WHERE(condition, a, b) T(select)((ivec)(condition), a, b)
/* Of two numbers the larger or the smaller, and NaN where one is: as NumPy has it. */
static INLINE vec T(max)(vec a, vec b) { return T(select)((ivec)(a > b) | (ivec)(a != a), a, b); }
static INLINE vec T(min)(vec a, vec b) { return T(select)((ivec)(a < b) | (ivec)(a != a), a, b); }
static INLINE vec T(abs)(vec a) { return (vec)((ivec)a & ~((ivec){} + SIGN)); }
static INLINE vec T(sign)(vec a) {
    vec one = T(splat)(1), zero = {};
    return WHERE(a > zero, one, WHERE(a < zero, -one, a));
}

/* The sum of LANES lanes: halves are added, then quarters, and so on. */
static INLINE REAL T(fold)(const vec *parts) {
    REAL lane[LANES];
    for (i64 i = 0; i < PARTS; i++) ST(lane + i * W, parts[i]);
    for (i64 half = LANES / 2; half; half /= 2)
        for (i64 i = 0; i < half; i++) lane[i] += lane[i + half];
    return lane[0];
}

/* A square of W × W numbers turned over: halves change places, then quarters, and so on. */
static INLINE void T(turn)(vec *r) {
#define SWAP(w, low, high)                            \
    UNROLL for (i64 i = 0; i < W; i++) if (!(i & w)) { \
        vec p = r[i], q = r[i + w];                   \
        r[i] = SHUFFLE(p, q, low);                    \
        r[i + w] = SHUFFLE(p, q, high);               \
    }
#define C ,
#if BYTES * WIDTH == 64 * 16
    SWAP(8, 0 C 1 C 2 C 3 C 4 C 5 C 6 C 7 C 16 C 17 C 18 C 19 C 20 C 21 C 22 C 23,
         8 C 9 C 10 C 11 C 12 C 13 C 14 C 15 C 24 C 25 C 26 C 27 C 28 C 29 C 30 C 31)
    SWAP(4, 0 C 1 C 2 C 3 C 16 C 17 C 18 C 19 C 8 C 9 C 10 C 11 C 24 C 25 C 26 C 27,
         4 C 5 C 6 C 7 C 20 C 21 C 22 C 23 C 12 C 13 C 14 C 15 C 28 C 29 C 30 C 31)
    SWAP(2, 0 C 1 C 16 C 17 C 4 C 5 C 20 C 21 C 8 C 9 C 24 C 25 C 12 C 13 C 28 C 29,
         2 C 3 C 18 C 19 C 6 C 7 C 22 C 23 C 10 C 11 C 26 C 27 C 14 C 15 C 30 C 31)
    SWAP(1, 0 C 16 C 2 C 18 C 4 C 20 C 6 C 22 C 8 C 24 C 10 C 26 C 12 C 28 C 14 C 30,
         1 C 17 C 3 C 19 C 5 C 21 C 7 C 23 C 9 C 25 C 11 C 27 C 13 C 29 C 15 C 31)
#elif BYTES * WIDTH == 64 * 8
    SWAP(4, 0 C 1 C 2 C 3 C 8 C 9 C 10 C 11, 4 C 5 C 6 C 7 C 12 C 13 C 14 C 15)
    SWAP(2, 0 C 1 C 8 C 9 C 4 C 5 C 12 C 13, 2 C 3 C 10 C 11 C 6 C 7 C 14 C 15)
    SWAP(1, 0 C 8 C 2 C 10 C 4 C 12 C 6 C 14, 1 C 9 C 3 C 11 C 5 C 13 C 7 C 15)
#elif BYTES * WIDTH == 64 * 4
    SWAP(2, 0 C 1 C 4 C 5, 2 C 3 C 6 C 7)
    SWAP(1, 0 C 4 C 2 C 6, 1 C 5 C 3 C 7)
#else
    SWAP(1, 0 C 2, 1 C 3)
#endif
#undef C
#undef SWAP
}

/* Y[c][r] = X[r][c], square by square, and what fills no square number by number. Where `at` is
   given, row r of X begins at X + at[r]. */
static void T(transpose)(const REAL *X, const i64 *at, i64 ldx, REAL *Y, i64 ldy, i64 rows,
                         i64 columns) {
    for (i64 first = 0; first < rows; first += W) {
        i64 c = 0, end = first + W < rows ? first + W : rows;
        if (end - first == W)
            for (; c + W <= columns; c += W) {
                vec r[W];
                UNROLL for (i64 i = 0; i < W; i++)
                    r[i] = LD(X + (at ? at[first + i] : (first + i) * ldx) + c);
                T(turn)(r);
                UNROLL for (i64 i = 0; i < W; i++) ST(Y + (c + i) * ldy + first, r[i]);
            }
        for (i64 r = first; r < end; r++)
            for (i64 k = c; k < columns; k++) Y[k * ldy + r] = X[(at ? at[r] : r * ldx) + k];
    }
}
