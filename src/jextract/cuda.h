// What jextract reads; symbols.txt says what it keeps.
#include <cuda_runtime_api.h>
