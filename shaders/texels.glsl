/* texels.glsl: vectors of 4 numbers, from a storage buffer or from a texel buffer
 *
 * Where rows are whole vectors, declare a buffer of activations and one of weights with
 *
 *   FOURS (0, x);
 *   STORE_FOURS (1, weight);
 *
 * and read their vector i with FETCH (x, i) and FETCH_STORE (weight, i). With -DTEXELS they are texel
 * buffers: R32G32B32A32_SFLOAT, or R32G32_UINT of weights that are f16. Every device has these formats.
 */
#ifdef TEXELS
#define FOURS(at, name) layout (set = 0, binding = at) uniform textureBuffer name
#define FETCH(name, i) texelFetch (name, int (i))
#else
#define FOURS(at, name) layout (set = 0, binding = at) readonly buffer Fours_##name { vec4 name[]; }
#define FETCH(name, i) (name[i])
#endif

#ifdef STORE_F16
vec4
widen (uvec2 halves)
{
  return vec4 (unpackHalf2x16 (halves.x), unpackHalf2x16 (halves.y));
}

#ifdef TEXELS
#define STORE_FOURS(at, name) layout (set = 0, binding = at) uniform utextureBuffer name
#define FETCH_STORE(name, i) widen (texelFetch (name, int (i)).xy)
#else
#define STORE_FOURS(at, name) layout (set = 0, binding = at) readonly buffer Fours_##name { uvec2 name[]; }
#define FETCH_STORE(name, i) widen (name[i])
#endif
#else
#define STORE_FOURS(at, name) FOURS (at, name)
#define FETCH_STORE(name, i) FETCH (name, i)
#endif
