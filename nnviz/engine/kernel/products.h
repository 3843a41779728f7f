/* Matrix products, the two functions that are written to be fast rather than plain.

   `tile` is a product that runs along the samples: so many rows and vectors of the result stay in
   registers while the sum grows, one `fma` a term, in the order of k. `dot_tile` is one that sums
   over the samples: each sum has LANES lanes, which are folded at its end. How large a tile is
   depends on the machine, and changes no bit. */

/* C[m][n] = bias[m] + sum of A(m, k) · B[k][n], for `rows` rows and `wide` vectors of C; added to
   what is in C with `add`. A(m, k) is A[m · lm + k · lk]; row k of B begins at B + at[k], or at
   B + k · ldb without `at`. */
static INLINE void T(tile)(const i64 rows, const i64 wide, const REAL *A, i64 lm, i64 lk,
                           const REAL *B, const i64 *at, i64 ldb, REAL *C, i64 ldc,
                           const REAL *bias, i64 lbias, i64 K, int add) {
    vec sum[8][4];
    UNROLL for (i64 m = 0; m < rows; m++) UNROLL for (i64 v = 0; v < wide; v++)
        sum[m][v] = add ? LD(C + m * ldc + v * W) : T(splat)(bias ? bias[m * lbias] : 0);
    for (i64 k = 0; k < K; k++) {
        const REAL *row = at ? B + at[k] : B + k * ldb;
        vec x[4];
        UNROLL for (i64 v = 0; v < wide; v++) x[v] = LD(row + v * W);
        UNROLL for (i64 m = 0; m < rows; m++) {
            vec weight = T(splat)(A[m * lm + k * lk]);
            UNROLL for (i64 v = 0; v < wide; v++) sum[m][v] = T(fma)(weight, x[v], sum[m][v]);
        }
    }
    UNROLL for (i64 m = 0; m < rows; m++) UNROLL for (i64 v = 0; v < wide; v++)
        ST(C + m * ldc + v * W, sum[m][v]);
}

#define ALL_ROWS(TILE, wide, most)                                  \
    {                                                               \
        i64 m = 0;                                                  \
        for (; m + most <= M; m += most) TILE(most, wide);          \
        if (most > 4) for (; m + 4 <= M; m += 4) TILE(4, wide);     \
        for (; m + 2 <= M; m += 2) TILE(2, wide);                   \
        if (m < M) TILE(1, wide);                                   \
    }
#define DEPTH 128 /* so many rows of B at a time stay in the cache */

/* The whole of such a product, M × N with N a multiple of W. */
static void T(product)(const REAL *A, i64 lm, i64 lk, const REAL *B, i64 ldb, REAL *C, i64 ldc,
                       const REAL *bias, i64 lbias, i64 M, i64 N, i64 K, int add) {
    for (i64 k = 0; k == 0 || k < K; k += DEPTH) {
        const i64 depth = K - k < DEPTH ? K - k : DEPTH;
        i64 n = 0;
#define TILE(rows, wide)                                                                  \
    T(tile)(rows, wide, A + m * lm + k * lk, lm, lk, B + k * ldb + n, 0, ldb,             \
            C + m * ldc + n, ldc, bias ? bias + m * lbias : 0, lbias, depth, add || k)
#if REGISTERS == 32
        for (; n + 4 * W <= N; n += 4 * W) ALL_ROWS(TILE, 4, 6)
#endif
        for (; n + 2 * W <= N; n += 2 * W) ALL_ROWS(TILE, 2, 6)
        for (; n < N; n += W) ALL_ROWS(TILE, 1, 6)
#undef TILE
    }
}
/* The same with rows of B at B + at[k], and A packed: A(m, k) is A[(m / 8 · K + k) · 8 + m % 8]
   for `whole` = K; a part of K begins with `whole` larger. */
static void T(packed_product)(const REAL *A, i64 whole, const REAL *B, const i64 *at, REAL *C,
                              i64 ldc, const REAL *bias, i64 lbias, i64 M, i64 N, i64 K, int add) {
    i64 n = 0;
#define TILE(rows, wide)                                                                     \
    T(tile)(rows, wide, A + m / 8 * whole * 8 + m % 8, 1, 8, B + n, at, 0, C + m * ldc + n,  \
            ldc, bias ? bias + m * lbias : 0, lbias, K, add)
#if REGISTERS == 32
    for (; n + 3 * W <= N; n += 3 * W) ALL_ROWS(TILE, 3, 8)
#else
    for (; n + 3 * W <= N; n += 3 * W) ALL_ROWS(TILE, 3, 4)
#endif
    for (; n < N; n += W) ALL_ROWS(TILE, 1, 8)
#undef TILE
}
#undef ALL_ROWS

/* G[m][t] = sum over r and n of D[m][r][n] · X[t][r][n], for `rows` rows m by `wide` t. */
static INLINE void T(dot_tile)(const i64 rows, const i64 wide, const REAL *D, i64 ldd,
                               const REAL *X, const i64 *at, i64 ldx, REAL *G, i64 ldg, i64 R,
                               i64 N, i64 dstep, i64 xstep, int add) {
    vec sum[PARTS][16];
    for (i64 part = 0; part < PARTS; part++) {
        vec s[16] = {};
        for (i64 r = 0; r < R; r++)
            for (i64 n = part * W; n < N; n += LANES) {
                vec x[4];
                UNROLL for (i64 t = 0; t < wide; t++)
                    x[t] = LD(X + (at ? at[t] : t * ldx) + r * xstep + n);
                UNROLL for (i64 m = 0; m < rows; m++) {
                    vec d = LD(D + m * ldd + r * dstep + n);
                    UNROLL for (i64 t = 0; t < wide; t++)
                        s[m * wide + t] = T(fma)(d, x[t], s[m * wide + t]);
                }
            }
        UNROLL for (i64 i = 0; i < rows * wide; i++) sum[part][i] = s[i];
    }
    REAL total[16];
    if (rows * wide % W == 0) { /* W sums at once, in the order of `fold` */
        for (i64 half = PARTS / 2; half; half /= 2)
            for (i64 p = 0; p < half; p++)
                UNROLL for (i64 i = 0; i < rows * wide; i++) sum[p][i] += sum[p + half][i];
        for (i64 i = 0; i < rows * wide; i += W) {
            T(turn)(sum[0] + i);
            UNROLL for (i64 half = W / 2; half; half /= 2)
                UNROLL for (i64 j = 0; j < half; j++) sum[0][i + j] += sum[0][i + j + half];
            ST(total + i, sum[0][i]);
        }
    } else
        for (i64 i = 0; i < rows * wide; i++) {
            vec parts[PARTS];
            for (i64 p = 0; p < PARTS; p++) parts[p] = sum[p][i];
            total[i] = T(fold)(parts);
        }
    for (i64 m = 0; m < rows; m++)
        for (i64 t = 0; t < wide; t++)
            G[m * ldg + t] = add ? G[m * ldg + t] + total[m * wide + t] : total[m * wide + t];
}
/* The whole of it, M × K. */
static void T(dots)(const REAL *D, i64 ldd, const REAL *X, const i64 *at, i64 ldx, REAL *G, i64 ldg,
                    i64 M, i64 K, i64 R, i64 N, i64 dstep, i64 xstep, int add) {
    i64 k = 0;
#define TILE(rows, wide)                                                              \
    T(dot_tile)(rows, wide, D + m * ldd, ldd, at ? X : X + k * ldx, at ? at + k : 0,  \
                ldx, G + m * ldg + k, ldg, R, N, dstep, xstep, add)
#define ALL_ROWS(wide)                                   \
    {                                                    \
        i64 m = 0;                                       \
        for (; m + 4 <= M; m += 4) TILE(4, wide);        \
        for (; m + 2 <= M; m += 2) TILE(2, wide);\
        if (m < M) TILE(1, wide);                     \
    }
#if REGISTERS == 32
    for (; k + 4 <= K; k += 4) ALL_ROWS(4)
#endif
    for (; k + 2 <= K; k += 2) ALL_ROWS(2)
    if (k < K) ALL_ROWS(1)
#undef ALL_ROWS
#undef TILE
}
