/* Which of the builds beside it this processor can run: 0 for none, 1 for narrow, 2 for wide. */
#if defined(_WIN32)
#define PUBLIC __declspec(dllexport)
#else
#define PUBLIC __attribute__((visibility("default")))
#endif
#if defined(__x86_64__)
#include <cpuid.h>

/* Compilers' own ways to ask are not to be had everywhere (ziglang answers no). */
PUBLIC int level(void) {
    unsigned a, b, c, d, kept, ignored;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c >> 27 & 1) || !(c >> 12 & 1)) return 0;
    __asm__("xgetbv" : "=a"(kept), "=d"(ignored) : "c"(0)); /* registers that the system keeps */
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(b >> 5 & 1) || (kept & 0x06) != 0x06) return 0;
    return (b >> 16 & 3) == 3 && (kept & 0xe6) == 0xe6 ? 2 : 1; /* AVX-512F and DQ, or AVX2 */
}
#else
PUBLIC int level(void) { return 1; }
#endif
