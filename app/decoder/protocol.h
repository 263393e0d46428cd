/* protocol.h: what the program and the reader of pictures say to each other
 *
 * Over a pair of sockets that keeps messages apart: a request comes with the open file, a reply with the pixels, or the
 * words, in a memory file if there are any. One reply a request. The reader is not trusted: whoever asks looks at every number.
 */
#pragma once

#include <glib.h>

/* The reader's end. */
#define VIG_DECODE_SOCKET 3

/* A header is quickly written; the memory it asks for is not quickly found. */
#define VIG_DECODE_MOST_PIXELS (512ull << 20)

/* Of what a picture says in words: one letter, UTF-8 and a NUL each, one after the other in the memory file. */
#define VIG_DECODE_MOST_SAID (16u << 20)
#define VIG_SAID_DEEP    'd'  /* a tag as “animals/fox” */
#define VIG_SAID_FLAT    'f'  /* a word, which may be a part of one */
#define VIG_SAID_COMMENT 'c'  /* of EXIF */
#define VIG_SAID_PNG     'p'  /* it is a PNG; nothing follows */
#define VIG_SAID_KEY     'k'  /* the name of the text in it that comes next */
#define VIG_SAID_TEXT    't'

typedef enum
{
  VIG_DECODE_LOOK,   /* size and date, by the header as far as the format allows, and what it says in words */
  VIG_DECODE_LOAD,   /* all pixels; of a JPEG less, but the short side at least twice .side where that is not 0 */
  VIG_DECODE_FIT,    /* scaled down to fit (side, side) */
} VigDecodeWhat;

typedef enum
{
  VIG_DECODE_FINE,
  VIG_DECODE_NO_PICTURE,
  VIG_DECODE_DAMAGED,
  VIG_DECODE_CUT_OFF,
  VIG_DECODE_TOO_LARGE,   /* .width, .height */
  VIG_DECODE_NO_MEMORY,
  VIG_DECODE_NO_PREVIEW,  /* a raw photo with no picture inside */
  VIG_DECODE_UNREADABLE,  /* .code: errno */
} VigDecodeFault;

typedef struct
{
  guint32 what;     /* VigDecodeWhat */
  guint32 side;
  guint32 raw;      /* TRUE: by its name it is a camera's own format: the preview inside is meant */
  guint32 seconds;  /* of the processor's time that it may take */
} VigDecodeRequest;

typedef struct
{
  guint32 fault;    /* VigDecodeFault */
  guint32 code;
  guint32 width;    /* upright; in the file */
  guint32 height;
  gint64  taken;    /* Unix seconds, 0 if it says nothing */
  guint32 said;     /* bytes of words */
  guint32 last;     /* TRUE: the reader has worked enough and goes; another one is to be started */
} VigDecodeReply;
