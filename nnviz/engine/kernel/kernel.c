/* nnviz' compiled engine: batches through a network, one step of the optimiser each.

   The same mathematics as the NumPy engine beside it, in the same layout: samples are columns,
   [W | b] is one matrix, parameters and gradients are one flat vector each. Written once, and
   included for float64 and for float32. One description (Net) says all of a network and a method;
   activation, loss and optimiser are numbers in it. Nothing is allocated, nothing is asked of a
   library but memcpy and memset.

   The source decides the bits, not the compiler or the machine: see vectors.h.

   LEVEL is what this build's functions end in, BYTES its registers' width. */
#include <stdint.h>
#include <string.h>
#if !defined(__clang__) && defined(__FMA__)
#include <immintrin.h>
#endif

#ifdef GUARDED
void __asan_poison_memory_region(const volatile void *, size_t);
void __asan_unpoison_memory_region(const volatile void *, size_t);
#endif

typedef int64_t i64;
#define INLINE inline __attribute__((always_inline))
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif
#if defined(_WIN32)
#define PUBLIC __declspec(dllexport)
#else
#define PUBLIC __attribute__((visibility("default")))
#endif
#if defined(__AVX512F__) || defined(__aarch64__)
#define REGISTERS 32
#else
#define REGISTERS 16
#endif
#define JOIN(a, b, c) a##_##b##_##c
#define JOINED(a, b, c) JOIN(a, b, c)

/* In the order of the tables of the Python engine's `description.py`. */
enum { DENSE, CONV2D, MAX_POOL, AVERAGE_POOL, GLOBAL_AVERAGE_POOL, BATCH_NORM, DROPOUT };
enum { SIGMOID, RELU, TANH, SOFTMAX, LINEAR, SIGN_STEP, LEAKY_RELU, ELU, GELU, SOFTPLUS };
enum { MSE, HALF_MSE, MAE, BCE, CROSS_ENTROPY, PERCEPTRON };
enum { SGD, MOMENTUM, NESTEROV, RMSPROP, ADAM, ADAMW };
#define MOST_LAYERS 64

/* A layer. Of pictures: c × h × w become f × oh × ow, by windows of kh × kw moved on by sh × sw. */
typedef struct {
    i64 kind, activation, units, inputs, bias;
    i64 c, h, w, f, oh, ow, kh, kw, sh, sw, top, below, left, right;
    i64 off;            /* rows of units that are switched off, and which */
    const i64 *off_at;
    void *parameters, *gradients, *state;
    double numbers[2];  /* BatchNorm: momentum, epsilon; Dropout: rate */
} Layer;

/* A network, how it is trained, and what training remembers. */
typedef struct {
    i64 layers, loss, fused, optimizer, block, trained, steps, held;
    double hyper[4], l1, l2, clip_norm, clip_value;
    void *parameters, *gradients, *first, *second, *mask;
    const i64 *held_at; /* parameters that stay as they are */
    void *held_values;
    const Layer *layer;
    void *memory;
} Net;

/* A batch: n samples, as columns or (by_rows) as rows, perhaps those of `rows`. */
typedef struct {
    const void *x;
    const i64 *rows;
    const void *y, *scales, *drawn;
    void *z, *a, *kept;
    i64 n, by_rows, ldx, ldy, ldo;
    double scale, rate;
} Pass;

static double power(double base, double times) {
    double result = 1;
    for (i64 n = (i64)times; n; n /= 2, base *= base)
        if (n % 2) result *= base;
    return result;
}

/* So many bytes of `memory`, from `used` on; 0 where it is only measured. */
static void *take(char *memory, i64 *used, i64 bytes) {
    const i64 begin = *used;
    *used += (bytes + 63) / 64 * 64;
#ifdef GUARDED /* for checks: nothing may touch what lies between two buffers */
    if (memory) {
        __asan_unpoison_memory_region(memory + begin, (size_t)(*used - begin));
        __asan_poison_memory_region(memory + begin + bytes, (size_t)(*used + 64 - begin - bytes));
    }
    *used += 64;
#endif
    return memory ? memory + begin : 0;
}

#define REAL double
#define INT i64
#define WIDTH 8
#define T(name) name##_f64
#define EXPORTED(name) PUBLIC JOINED(name, f64, LEVEL)
#define SCALAR(name) __builtin_##name
#define SIGN (i64)0x8000000000000000ull
#define ROUNDER 6755399441055744.0
#define LN2_HIGH 6.93147180369123816490e-01
#define LN2_LOW 1.90821492927058770002e-10
#define MANTISSA 52
#define ONE_BITS ((i64)1023 << 52)
#define EXP_MOST 708.0
#define TANH_MOST 20.0
#define EXP_TERMS                                                                        \
    {2.510056927581368263e-8, 2.762032742826823816e-7, 2.755726807289009826e-6,          \
     0.00002480152079257269284, 0.000198412698632033232, 0.001388888891753829585,        \
     0.008333333333330011761, 0.04166666666662347676, 0.1666666666666666747,             \
     0.5000000000000001042}
#define LOG_TERMS                                                                        \
    {1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01,       \
     2.222219843214978396e-01, 2.857142874366239149e-01, 3.999999999940941908e-01,       \
     6.666666666666735130e-01}
#define FADED (16777216.0 * 2.2250738585072014e-308)
#include "number.h"

#define REAL float
#define INT int32_t
#define WIDTH 16
#define T(name) name##_f32
#define EXPORTED(name) PUBLIC JOINED(name, f32, LEVEL)
#define SCALAR(name) __builtin_##name##f
#define SIGN (int32_t)0x80000000u
#define ROUNDER 12582912.0f
#define LN2_HIGH 0.693145751953125f
#define LN2_LOW 1.42860677e-6f
#define MANTISSA 23
#define ONE_BITS (127 << 23)
#define EXP_MOST 87.0f
#define TANH_MOST 10.0f
#define EXP_TERMS {0.001392632562f, 0.008363292753f, 0.04166655376f, 0.1666657631f, 0.5f}
#define LOG_TERMS {0.24279078841f, 0.28498786688f, 0.40000972152f, 0.66666662693f}
#define FADED (16777216.0f * 1.17549435e-38f)
#include "number.h"
