/* Layers at work: forward, backward to the parameters, backward to the input. Arrays are
   [units][n], a picture's [channels][rows][columns][n], for n samples side by side. */

/* What a layer writes. */
typedef struct {
    const REAL *in;
    REAL *z, *a, *d;  /* before and after the activation; dL/da, then dL/dz */
    REAL *own;        /* Conv2D: the padded picture; BatchNorm: x normalised; Dropout: the mask */
    REAL *channel;    /* BatchNorm, a number a channel: 1 / deviation */
    i64 *taps;        /* Conv2D: where each weight of a kernel looks, for `taps_n` samples */
    i64 taps_n;
} T(Buffers);

/* ---- Conv2D: a product, whose rows of B lie wherever the kernel looks ---- */

/* The padded picture has its columns sorted by what is left of them on division by the stride, so
   that what a weight sees in a row of outputs lies in one piece. */
static i64 T(phase_columns)(const Layer *L) {
    return (L->w + L->left + L->right + L->sw - 1) / L->sw;
}
static int T(is_padded)(const Layer *L) {
    return L->top || L->below || L->left || L->right || L->sw > 1;
}
static i64 T(padded_size)(const Layer *L) {
    return L->c * (L->h + L->top + L->below) * L->sw * T(phase_columns)(L);
}
static i64 T(picture_row)(const Layer *L, i64 n) { return L->sw * T(phase_columns)(L) * n; }
static void T(place_taps)(const Layer *L, T(Buffers) *B, i64 n) {
    const i64 rows = L->h + L->top + L->below, row = T(picture_row)(L, n);
    i64 *tap = B->taps;
    for (i64 c = 0; c < L->c; c++)
        for (i64 u = 0; u < L->kh; u++)
            for (i64 v = 0; v < L->kw; v++)
                *tap++ = (c * rows + u) * row +
                         (v % L->sw * T(phase_columns)(L) + v / L->sw) * n;
    B->taps_n = n;
    if (T(is_padded)(L)) memset(B->own, 0, (size_t)(T(padded_size)(L) * n) * sizeof(REAL));
}
static const REAL *T(padded)(const Layer *L, T(Buffers) *B, i64 n) {
    if (B->taps_n != n) T(place_taps)(L, B, n);
    if (!T(is_padded)(L)) return B->in;
    const i64 rows = L->h + L->top + L->below, row = T(picture_row)(L, n);
    for (i64 c = 0; c < L->c; c++)
        for (i64 i = 0; i < L->h; i++) {
            const REAL *from = B->in + (c * L->h + i) * L->w * n;
            REAL *to = B->own + (c * rows + i + L->top) * row;
            if (L->sw == 1) {
                memcpy(to + L->left * n, from, (size_t)(L->w * n) * sizeof(REAL));
                continue;
            }
            for (i64 j = 0; j < L->w; j++) {
                i64 column = j + L->left;
                i64 place = column % L->sw * T(phase_columns)(L) + column / L->sw;
                memcpy(to + place * n, from + j * n, (size_t)n * sizeof(REAL));
            }
        }
    return B->own;
}
static void T(forward_conv)(const Layer *L, T(Buffers) *B, i64 n, REAL *scratch) {
    const REAL *weights = L->parameters, *x = T(padded)(L, B, n);
    const i64 taps = L->c * L->kh * L->kw, columns = taps + L->bias, N = L->ow * n;
    for (i64 f = 0; f < L->f; f++)
        for (i64 k = 0; k < taps; k++)
            scratch[(f / 8 * taps + k) * 8 + f % 8] = weights[f * columns + k];
    for (i64 i = 0; i < L->oh; i++)
        T(packed_product)(scratch, taps, x + i * L->sh * T(picture_row)(L, n), B->taps,
                          B->z + i * N, L->oh * N, L->bias ? weights + taps : 0, columns, L->f, N,
                          taps, 0);
}
static void T(conv_gradient)(const Layer *L, const T(Buffers) *B, i64 n, int add) {
    const REAL *x = T(is_padded)(L) ? B->own : B->in;
    const i64 taps = L->c * L->kh * L->kw, columns = taps + L->bias, N = L->ow * n;
    REAL *G = L->gradients;
    T(dots)(B->d, L->oh * N, x, B->taps, 0, G, columns, L->f, taps, L->oh, N, N,
            L->sh * T(picture_row)(L, n), add);
    for (i64 f = 0; L->bias && f < L->f; f++) {
        vec sum[PARTS] = {};
        for (i64 i = 0; i < L->oh * N; i += LANES)
            for (i64 p = 0; p < PARTS; p++) sum[p] += LD(B->d + f * L->oh * N + i + p * W);
        REAL total = T(fold)(sum);
        G[f * columns + taps] = add ? G[f * columns + taps] + total : total;
    }
}
/* Numbers of the two arrays that the way back needs: d within a border of zeros, its pixels as far
   apart as the strides, and the kernels turned round. */
static i64 T(border_rows)(const Layer *L) { return L->h + L->top + L->below + L->kh - 1; }
static i64 T(border_columns)(const Layer *L) { return L->w + L->left + L->right + L->kw - 1; }
static i64 T(conv_scratch)(const Layer *L, i64 n) {
    const i64 taps = L->kh * L->kw, border = L->f * T(border_rows)(L) * T(border_columns)(L) * n;
    return border + (L->c + 8) * L->f * taps + (L->f + 8) * L->c * taps + 64;
}
/* dL/dx is the convolution of that d with the kernels turned round. */
static void T(conv_backward)(const Layer *L, const T(Buffers) *B, REAL *out, i64 n, REAL *scratch,
                             i64 *at) {
    const i64 rows = T(border_rows)(L), columns = T(border_columns)(L);
    const i64 taps = L->c * L->kh * L->kw, K = L->f * L->kh * L->kw, each = L->f * L->kw;
    const REAL *weights = L->parameters;
    REAL *border = scratch, *turned = scratch + L->f * rows * columns * n;
    memset(border, 0, (size_t)(L->f * rows * columns * n) * sizeof(REAL));
    for (i64 f = 0; f < L->f; f++)
        for (i64 i = 0; i < L->oh; i++) {
            const REAL *from = B->d + (f * L->oh + i) * L->ow * n;
            REAL *to = border + ((f * rows + i * L->sh + L->kh - 1) * columns + L->kw - 1) * n;
            if (L->sw == 1)
                memcpy(to, from, (size_t)(L->ow * n) * sizeof(REAL));
            else
                for (i64 j = 0; j < L->ow; j++)
                    memcpy(to + j * L->sw * n, from + j * n, (size_t)n * sizeof(REAL));
        }
    i64 k = 0; /* row by row of the kernel, so that rows that see zeros alone are left out */
    for (i64 u = 0; u < L->kh; u++)
        for (i64 f = 0; f < L->f; f++)
            for (i64 v = 0; v < L->kw; v++, k++) {
                at[k] = ((f * rows + u) * columns + v) * n;
                for (i64 c = 0; c < L->c; c++)
                    turned[(c / 8 * K + k) * 8 + c % 8] =
                        weights[f * (taps + L->bias) +
                                (c * L->kh + L->kh - 1 - u) * L->kw + L->kw - 1 - v];
            }
    for (i64 i = 0; i < L->h; i++) {
        REAL *to = out + i * L->w * n;
        const REAL *from = border + ((i + L->top) * columns + L->left) * n;
        int add = 0;
        for (i64 u = 0; u < L->kh;) { /* rows of d from `u` on that have any pixels */
            const i64 place = i + L->top + u - (L->kh - 1);
            i64 end = u + 1;
            int none = place < 0 || place % L->sh || place / L->sh >= L->oh;
            while (!none && L->sh == 1 && end < L->kh && place + end - u < L->oh) end++;
            if (!none)
                T(packed_product)(turned + u * each * 8, K, from, at + u * each, to,
                                  L->h * L->w * n, 0, 0, L->c, L->w * n, (end - u) * each, add),
                    add = 1;
            u = end;
        }
        if (!add)
            for (i64 c = 0; c < L->c; c++)
                memset(to + c * L->h * L->w * n, 0, (size_t)(L->w * n) * sizeof(REAL));
    }
}

/* ---- pooling: windows of kh × kw, moved on by sh × sw ---- */

/* With numbers of its own: those of L might change, as far as a compiler knows. */
#define EACH_WINDOW                                                                             \
    const i64 sh = L->sh, sw = L->sw, h = L->h, w = L->w, oh = L->oh, ow = L->ow;               \
    const i64 channels = L->c, is_max = L->kind == MAX_POOL;                                    \
    for (i64 c = 0; c < channels; c++)                                                          \
        for (i64 i = 0; i < oh; i++)                                                            \
            for (i64 j = 0; j < ow; j++)                                                        \
                for (i64 b = 0, first = ((c * h + i * sh) * w + j * sw) * n,                    \
                         o = ((c * oh + i) * ow + j) * n; b < n; b += W)
#define EACH_PLACE                                                             \
    for (i64 u = 0, row = first + b; u < kh; u++, row += w * n)                \
        for (i64 v = 0, place = row; v < kw; v++, place += n)
static INLINE void T(pool)(const Layer *L, T(Buffers) *B, i64 n, i64 kh, i64 kw) {
    const REAL share = (REAL)(1.0 / (double)(kh * kw)), *in = B->in;
    REAL *a = B->a;
    EACH_WINDOW {
        vec result = LD(in + first + b);
        if (is_max)
            EACH_PLACE result = T(max)(result, LD(in + place));
        else {
            EACH_PLACE if (u || v) result += LD(in + place);
            result *= share;
        }
        ST(a + o + b, result);
    }
}
static INLINE void T(pool_back)(const Layer *L, const T(Buffers) *B, REAL *out, i64 n, i64 kh,
                                i64 kw) {
    const vec zero = {}, one = T(splat)(1);
    const REAL share = (REAL)(1.0 / (double)(kh * kw)), *in = B->in, *a = B->a, *d = B->d;
    const int overlap = L->sh < kh || L->sw < kw;
    if (overlap || L->oh * kh != L->h || L->ow * kw != L->w)
        memset(out, 0, (size_t)(L->inputs * n) * sizeof(REAL));
    EACH_WINDOW {
        vec rest = LD(d + o + b), top = LD(a + o + b), part = rest * share;
        EACH_PLACE {
            if (is_max) { /* the first of the largest numbers has it all */
                part = WHERE(LD(in + place) == top, one, zero) * rest;
                rest -= part;
            }
            ST(out + place, overlap ? LD(out + place) + part : part);
        }
    }
}
static void T(forward_pool)(const Layer *L, T(Buffers) *B, i64 n) {
    if (L->kh == 2 && L->kw == 2) T(pool)(L, B, n, 2, 2); /* what most have, without loops */
    else T(pool)(L, B, n, L->kh, L->kw);
}
static void T(pool_backward)(const Layer *L, const T(Buffers) *B, REAL *out, i64 n) {
    if (L->kh == 2 && L->kw == 2) T(pool_back)(L, B, out, n, 2, 2);
    else T(pool_back)(L, B, out, n, L->kh, L->kw);
}
#undef EACH_WINDOW
#undef EACH_PLACE

static void T(forward_mean)(const Layer *L, T(Buffers) *B, i64 n) {
    const i64 pixels = L->h * L->w;
    for (i64 c = 0; c < L->c; c++)
        for (i64 b = 0; b < n; b += W) {
            vec sum = {};
            for (i64 p = 0; p < pixels; p++) sum += LD(B->in + (c * pixels + p) * n + b);
            ST(B->a + c * n + b, sum / (REAL)pixels);
        }
}
static void T(mean_backward)(const Layer *L, const T(Buffers) *B, REAL *out, i64 n) {
    const i64 pixels = L->h * L->w;
    const REAL share = (REAL)(1.0 / (double)pixels);
    for (i64 c = 0; c < L->c; c++)
        for (i64 p = 0; p < pixels; p++)
            for (i64 b = 0; b < n; b += W)
                ST(out + (c * pixels + p) * n + b, LD(B->d + c * n + b) * share);
}

/* ---- BatchNorm: `samples` of the n lanes are samples, as `valid` says ---- */

/* The sum of x · y over a channel's pixels and samples; of x without y. */
static REAL T(channel_sum)(const REAL *x, const REAL *y, const REAL *valid, i64 pixels, i64 n) {
    vec sum[PARTS] = {};
    for (i64 p = 0; p < pixels; p++)
        for (i64 b = 0; b < n; b += LANES)
            for (i64 part = 0; part < PARTS; part++) {
                const i64 i = p * n + b + part * W;
                vec one = LD(valid + b + part * W);
                sum[part] = T(fma)(LD(x + i), y ? LD(y + i) * one : one, sum[part]);
            }
    return T(fold)(sum);
}
static void T(forward_norm)(const Layer *L, T(Buffers) *B, i64 n, i64 samples, const REAL *valid,
                            int training) {
    const i64 pixels = L->units / L->c, size = pixels * n;
    const REAL *gamma = L->parameters, *beta = gamma + L->c;
    const double count = (double)(pixels * samples);
    REAL *mean = L->state, *variance = mean + L->c;
    const REAL stays = (REAL)L->numbers[0], comes = (REAL)(1.0 - L->numbers[0]);
    for (i64 c = 0; c < L->c; c++) {
        const REAL *x = B->in + c * size;
        REAL *normal = B->own + c * size, mu = mean[c], square = variance[c];
        if (training) mu = T(channel_sum)(x, 0, valid, pixels, n) / (REAL)count;
        for (i64 i = 0; i < size; i += W) ST(normal + i, LD(x + i) - mu);
        if (training) {
            square = T(channel_sum)(normal, normal, valid, pixels, n) / (REAL)count;
            mean[c] = mean[c] * stays + comes * mu;
            variance[c] = variance[c] * stays + comes * square;
        }
        B->channel[c] = 1 / SCALAR(sqrt)(square + (REAL)L->numbers[1]);
        const vec scale = T(splat)(gamma[c]), shift = T(splat)(beta[c]);
        for (i64 i = 0; i < size; i += W) {
            ST(normal + i, LD(normal + i) * B->channel[c]);
            ST(B->a + c * size + i, LD(normal + i) * scale + shift);
        }
    }
}
static void T(norm_gradient)(const Layer *L, const T(Buffers) *B, i64 n, const REAL *valid) {
    const i64 pixels = L->units / L->c, size = pixels * n;
    REAL *gamma = L->gradients, *beta = gamma + L->c;
    for (i64 c = 0; c < L->c; c++) {
        const REAL *d = B->d + c * size;
        gamma[c] = T(channel_sum)(d, B->own + c * size, valid, pixels, n);
        beta[c] = T(channel_sum)(d, 0, valid, pixels, n);
    }
}
static void T(norm_backward)(const Layer *L, const T(Buffers) *B, REAL *out, i64 n, i64 samples,
                             const REAL *valid) {
    const i64 pixels = L->units / L->c, size = pixels * n;
    const REAL count = (REAL)(double)(pixels * samples), *G = L->gradients;
    for (i64 c = 0; c < L->c; c++) {
        const REAL shift = G[L->c + c] / count, slope = G[c] / count;
        const REAL factor = ((const REAL *)L->parameters)[c] * B->channel[c];
        for (i64 i = 0; i < size; i += W) {
            vec rest = LD(B->d + c * size + i) - LD(B->own + c * size + i) * slope - shift;
            ST(out + c * size + i, rest * factor * LD(valid + i % n));
        }
    }
}

/* ---- Dropout: of numbers drawn from 0 to 1, those below the rate silence ---- */

static void T(forward_dropout)(const Layer *L, T(Buffers) *B, i64 n, i64 samples, i64 start,
                               const REAL *drawn, i64 batch) {
    const REAL rest = (REAL)(1.0 / (1.0 - L->numbers[0])), rate = (REAL)L->numbers[0];
    for (i64 u = 0; u < L->units; u++)
        for (i64 b = 0; b < n; b++) {
            REAL share = 1;
            if (drawn) share = drawn[u * batch + start + (b < samples ? b : 0)] >= rate ? rest : 0;
            B->own[u * n + b] = share;
            B->a[u * n + b] = B->in[u * n + b] * share;
        }
}
static void T(dropout_backward)(const Layer *L, const T(Buffers) *B, REAL *out, i64 n) {
    for (i64 i = 0; i < L->units * n; i += W) ST(out + i, LD(B->d + i) * LD(B->own + i));
}

/* ---- Dense: z = W x + b, its gradients ---- */

#define STRIP (4 * LANES)
/* Where there are many inputs, they are what a product runs along: each row of samples, a strip
   of inputs at a time. `rows` are the samples as rows where they are at hand, row r at at[r]. */
static void T(dense_gradient)(const Layer *L, const T(Buffers) *B, i64 n, const REAL *ones,
                              const REAL *rows, const i64 *at, i64 samples, REAL *scratch,
                              int add) {
    const i64 columns = L->inputs + L->bias;
    i64 whole = 0;
    REAL *G = L->gradients;
    if (L->inputs >= STRIP && n <= 128) {
        REAL *strip = scratch + L->inputs * n;
        if (!rows) {
            T(transpose)(B->in, 0, n, scratch, L->inputs, L->inputs, n);
            rows = scratch, at = 0, samples = n;
        }
        whole = L->inputs / LANES * LANES;
        for (i64 c = 0; c < whole; c += STRIP) {
            const i64 wide = whole - c < STRIP ? whole - c : STRIP;
            for (i64 r = 0; r < samples; r++)
                memcpy(strip + r * wide, rows + (at ? at[r] : r * L->inputs) + c,
                       (size_t)wide * sizeof(REAL));
            T(product)(B->d, n, 1, strip, wide, G + c, columns, 0, 0, L->units, wide, samples, add);
        }
    }
    if (whole < L->inputs)
        T(dots)(B->d, n, B->in + whole * n, 0, n, G + whole, columns, L->units, L->inputs - whole,
                1, n, 0, 0, add);
    if (L->bias) T(dots)(B->d, n, ones, 0, 0, G + L->inputs, columns, L->units, 1, 1, n, 0, 0, add);
}
