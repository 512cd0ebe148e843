// A log-linear histogram of nanoseconds: 64 buckets to each power of two, so that a quantile is
// known to within 1.6 %, in fixed memory and without sorting.
#ifndef LAIR_HISTOGRAM_H
#define LAIR_HISTOGRAM_H

#include <stdint.h>
#include <string.h>

#define HISTOGRAM_BITS 6
#define HISTOGRAM_SUB (1 << HISTOGRAM_BITS)

struct histogram {
  uint64_t buckets[64 * HISTOGRAM_SUB];
  uint64_t count;
  uint64_t largest;
};

static inline void histogram_clear(struct histogram *h) { memset(h, 0, sizeof *h); }

static inline void histogram_add(struct histogram *h, uint64_t value) {
  int index = (int)value;
  if (value >= HISTOGRAM_SUB) {
    int exponent = 63 - __builtin_clzll(value);
    int shift = exponent - HISTOGRAM_BITS;
    index = (shift + 1) * HISTOGRAM_SUB + (int)((value >> shift) & (HISTOGRAM_SUB - 1));
  }
  h->buckets[index]++;
  h->count++;
  if (value > h->largest) h->largest = value;
}

// The lower bound of the bucket that holds this quantile, in milliseconds.
static inline double histogram_ms(const struct histogram *h, double quantile) {
  uint64_t wanted = (uint64_t)((double)h->count * quantile);
  uint64_t seen = 0;
  for (int i = 0; i < 64 * HISTOGRAM_SUB; i++) {
    seen += h->buckets[i];
    if (h->buckets[i] == 0 || seen <= wanted) continue;
    if (i < HISTOGRAM_SUB) return i / 1e6;
    int shift = i / HISTOGRAM_SUB - 1;
    return (double)((uint64_t)(HISTOGRAM_SUB + i % HISTOGRAM_SUB) << shift) / 1e6;
  }
  return (double)h->largest / 1e6;
}

#endif
