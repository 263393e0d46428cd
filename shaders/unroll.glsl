/* unroll.glsl: a macro for each of several literal numbers
 *
 * Where arrays are to lie in registers, every index into them must be a literal. Compilers for graphics
 * cards unroll loops to that end; some that run shaders on the processor do not, and then each access
 * goes through memory, lane by lane.
 */
#define EACH4(M) M (0) M (1) M (2) M (3)
#define EACH8(M) EACH4 (M) M (4) M (5) M (6) M (7)
