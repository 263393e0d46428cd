/* store.glsl: how the weights of an op lie in memory
 *
 * Activations are always f32. Weights are f32, or f16 packed two to a uint (the low half first), which
 * needs no optional feature: unpackHalf2x16() is core. Declare a weight buffer with
 *
 *   layout (set = 0, binding = 1) readonly buffer W { STORE w[]; };
 *
 * and read element i with LOAD (w, i). Where i is even and i + 1 exists, LOAD2 (w, i) gives both.
 *
 * Where i and every row's width are multiples of 4, declare the same binding again with STORE4 and read
 * i to i + 3 with LOAD4 (w4, i).
 */
#ifdef STORE_F16
#define STORE uint
#define LOAD(buffer, i) (unpackHalf2x16 (buffer[(i) >> 1])[(i) & 1])
#define LOAD2(buffer, i) unpackHalf2x16 (buffer[(i) >> 1])
#define STORE4 uvec2
#define LOAD4(buffer, i) vec4 (unpackHalf2x16 (buffer[(i) >> 2].x), unpackHalf2x16 (buffer[(i) >> 2].y))
#else
#define STORE float
#define LOAD(buffer, i) (buffer[i])
#define LOAD2(buffer, i) vec2 (buffer[i], buffer[(i) + 1])
#define STORE4 vec4
#define LOAD4(buffer, i) (buffer[(i) >> 2])
#endif
