/* Read by C and by GLSL: the two scalars a push constant may be made of. */
#ifndef VC_INTERFACE_H
#define VC_INTERFACE_H

#ifndef GL_core_profile
#include <stdint.h>
#define uint uint32_t
#endif

#endif
