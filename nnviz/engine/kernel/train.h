/* The loop: passes through the network in order, and after each with targets a step. */

typedef struct {
    T(Buffers) layer[MOST_LAYERS];
    REAL *x, *y, *scale, *valid, *ones, *scratch;
    i64 *row_at, *tap_at;
} T(Work);

/* Lay out all buffers behind `memory`, or only measure them where there is none. */
static i64 T(lay_out)(const Net *net, T(Work) *work, char *memory) {
    i64 used = 0, scratch = 64, taps = 1;
    const i64 n = net->block, last = net->layers - 1;
#define TAKE(count, type) (type *)take(memory, &used, (i64)sizeof(type) * (count))
    work->x = TAKE(net->layer[0].inputs * n, REAL);
    for (i64 l = 0; l <= last; l++) {
        const Layer *L = net->layer + l;
        T(Buffers) *B = work->layer + l;
        const int is_own = l == last || !(L->activation == RELU || L->activation == SIGMOID ||
                                          L->activation == TANH || L->activation == LINEAR);
        i64 own = 0, needed = 0;
        B->in = l ? work->layer[l - 1].a : work->x;
        B->a = TAKE(L->units * n, REAL);
        B->z = is_own ? TAKE(L->units * n, REAL) : B->a; /* f' of these is known from a */
        B->d = TAKE(L->units * n, REAL);
        if (L->kind == CONV2D) {
            B->taps = TAKE(L->c * L->kh * L->kw, i64);
            own = T(is_padded)(L) ? T(padded_size)(L) : 0;
            needed = T(conv_scratch)(L, n);
            if (L->f * L->kh * L->kw > taps) taps = L->f * L->kh * L->kw;
        } else if (L->kind == DENSE)
            needed = (L->inputs + STRIP) * n;
        else if (L->kind == BATCH_NORM || L->kind == DROPOUT)
            own = L->units;
        B->own = TAKE(own * n, REAL);
        B->channel = TAKE(L->c, REAL);
        B->taps_n = -1;
        if (needed > scratch) scratch = needed;
    }
    work->y = TAKE(net->layer[last].units * n, REAL);
    work->scale = TAKE(n, REAL);
    work->valid = TAKE(n, REAL);
    work->ones = TAKE(n, REAL);
    work->scratch = TAKE(scratch, REAL);
    work->row_at = TAKE(n, i64);
    work->tap_at = TAKE(taps, i64);
#undef TAKE
    return used;
}

/* Samples `start` … of a pass as columns, n lanes of which `samples` are theirs. The others are
   filled with the first one: whatever becomes of it, nothing new comes of them. Returns where the
   samples lie as rows of `row_at`, or 0. */
static const REAL *T(gather)(const Net *net, T(Work) *work, const Pass *pass, i64 start, i64 samples,
                             i64 n) {
    const i64 inputs = net->layer[0].inputs;
    const REAL *x = pass->x;
    if (pass->by_rows) {
        for (i64 b = 0; b < samples; b++)
            work->row_at[b] = (pass->rows ? pass->rows[start + b] : start + b) * pass->ldx;
        T(transpose)(x, work->row_at, 0, work->x, n, samples, inputs);
    } else
        for (i64 i = 0; i < inputs; i++)
            for (i64 b = 0; b < samples; b++) work->x[i * n + b] = x[i * pass->ldx + start + b];
    for (i64 i = 0; samples < n && i < inputs; i++)
        for (i64 b = samples; b < n; b++) work->x[i * n + b] = work->x[i * n];
    for (i64 b = 0; b < n; b++) work->valid[b] = b < samples;
    return pass->by_rows ? x : 0;
}

static void T(forward)(const Net *net, T(Work) *work, const Pass *pass, i64 start, i64 samples,
                       i64 n) {
    const REAL *drawn = pass->drawn;
    const int training = pass->y != 0;
    for (i64 l = 0; l < net->layers; l++) {
        const Layer *L = net->layer + l;
        T(Buffers) *B = work->layer + l;
        const REAL *weights = L->parameters;
        switch (L->kind) {
        case DENSE:
            T(product)(weights, L->inputs + L->bias, 1, B->in, n, B->z, n,
                       L->bias ? weights + L->inputs : 0, L->inputs + L->bias, L->units, n,
                       L->inputs, 0);
            break;
        case CONV2D: T(forward_conv)(L, B, n, work->scratch); break;
        case MAX_POOL: case AVERAGE_POOL: T(forward_pool)(L, B, n); continue;
        case GLOBAL_AVERAGE_POOL: T(forward_mean)(L, B, n); continue;
        case BATCH_NORM: T(forward_norm)(L, B, n, samples, work->valid, training); continue;
        case DROPOUT:
            T(forward_dropout)(L, B, n, samples, start, drawn, pass->n);
            if (drawn) drawn += L->units * pass->n;
            continue;
        }
        if (L->activation == SOFTMAX) T(softmax)(B->z, B->a, L->units, n);
        else if (L->activation != LINEAR || B->z != B->a)
            T(activate)(L->activation, B->z, B->a, L->units * n);
        for (i64 i = 0; i < L->off; i++)
            memset(B->a + L->off_at[i] * n, 0, (size_t)n * sizeof(REAL));
    }
}

/* Gradients of all parameters, those of an earlier block of the same batch added with `add`. */
static void T(backward)(const Net *net, T(Work) *work, const REAL *rows, i64 samples, i64 n,
                        int add) {
    const i64 last = net->layers - 1;
    for (i64 l = last; l >= 0; l--) {
        const Layer *L = net->layer + l;
        T(Buffers) *B = work->layer + l;
        if ((L->kind == DENSE || L->kind == CONV2D) && (l < last || !net->fused))
            T(backward_activation)(L->activation, B->z, B->a, B->d, L->units, n);
        for (i64 i = 0; i < L->off; i++)
            memset(B->d + L->off_at[i] * n, 0, (size_t)n * sizeof(REAL));
        if (L->kind == DENSE)
            T(dense_gradient)(L, B, n, work->ones, l ? 0 : rows, work->row_at, samples,
                              work->scratch, add);
        else if (L->kind == CONV2D) T(conv_gradient)(L, B, n, add);
        else if (L->kind == BATCH_NORM) T(norm_gradient)(L, B, n, work->valid);
        if (!l) break;
        REAL *out = work->layer[l - 1].d;
        const REAL *weights = L->parameters;
        switch (L->kind) {
        case DENSE:
            T(product)(weights, 1, L->inputs + L->bias, B->d, n, out, n, 0, 0, L->inputs, n,
                       L->units, 0);
            break;
        case CONV2D: T(conv_backward)(L, B, out, n, work->scratch, work->tap_at); break;
        case MAX_POOL: case AVERAGE_POOL: T(pool_backward)(L, B, out, n); break;
        case GLOBAL_AVERAGE_POOL: T(mean_backward)(L, B, out, n); break;
        case BATCH_NORM: T(norm_backward)(L, B, out, n, samples, work->valid); break;
        case DROPOUT: T(dropout_backward)(L, B, out, n); break;
        }
    }
}

/* What a block's targets and scales are; the loss's gradient. */
static void T(judge)(const Net *net, T(Work) *work, const Pass *pass, i64 start, i64 samples, i64 n) {
    const Layer *L = net->layer + net->layers - 1;
    const T(Buffers) *B = work->layer + net->layers - 1;
    const REAL *y = pass->y, *scales = pass->scales;
    for (i64 u = 0; u < L->units; u++)
        for (i64 b = 0; b < n; b++)
            work->y[u * n + b] = y[u * pass->ldy + start + (b < samples ? b : 0)];
    for (i64 b = 0; b < n; b++)
        work->scale[b] = scales ? scales[start + (b < samples ? b : 0)] : (REAL)pass->scale;
    T(loss_gradient)(net->loss, B->z, B->a, work->y, B->d, work->scale, work->valid, L->units, n);
}

/* Send `count` passes through the network; after each one with targets, move the parameters. */
void EXPORTED(train)(Net *net, const Pass *passes, i64 count, volatile i64 *progress) {
    T(Work) work;
    T(lay_out)(net, &work, net->memory);
    const i64 last = net->layers - 1, outputs = net->layer[last].units;
    for (i64 b = 0; b < net->block; b++) work.ones[b] = 1;
    for (const Pass *pass = passes; pass < passes + count; pass++) {
        ++*progress;
        for (i64 start = 0; start < pass->n; start += net->block) {
            const i64 left = pass->n - start, samples = left < net->block ? left : net->block;
            const i64 n = (samples + LANES - 1) / LANES * LANES;
            const REAL *rows = T(gather)(net, &work, pass, start, samples, n);
            T(forward)(net, &work, pass, start, samples, n);
            for (i64 u = 0; pass->z && u < outputs; u++) {
                const size_t bytes = (size_t)samples * sizeof(REAL);
                memcpy((REAL *)pass->z + u * pass->ldo + start, work.layer[last].z + u * n, bytes);
                memcpy((REAL *)pass->a + u * pass->ldo + start, work.layer[last].a + u * n, bytes);
            }
            if (!pass->y) continue;
            T(judge)(net, &work, pass, start, samples, n);
            T(backward)(net, &work, rows, samples, n, start > 0);
        }
        if (!pass->y) continue;
        T(step)(net, pass->rate);
        if (pass->kept)
            memcpy(pass->kept, net->gradients, (size_t)net->trained * sizeof(REAL));
    }
}
/* Bytes that `memory` has to have. */
i64 EXPORTED(room)(const Net *net) {
    T(Work) work;
    return T(lay_out)(net, &work, 0);
}
/* f(z) of n numbers, a multiple of LANES: for tests of the functions. */
void EXPORTED(function)(i64 f, const REAL *z, REAL *a, i64 n) { T(activate)(f, z, a, n); }
