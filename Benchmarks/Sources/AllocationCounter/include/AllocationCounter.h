#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdint.h>

/// The number of heap blocks asked for since the program started, by any
/// thread: malloc, calloc, realloc and the aligned variants.
uint64_t allocation_count(void);

#endif
