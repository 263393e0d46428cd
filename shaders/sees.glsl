/* sees.glsl: which places a token sees, by push, CAUSAL, SIGHTED and the bits in sight */

/* Places that token t sees at most. */
uint
visible (uint t)
{
  return CAUSAL != 0 ? push.keys - push.tokens + t + 1 : push.keys;
}

/* Bit j % 32: whether token t of sequence c sees place j, as far as bits say. */
uint
load_sight (uint c, uint t, uint j)
{
  if (SIGHTED == 0)
    return ~0u;

  const uint row = push.sight_first + c * push.sight_across + t * push.sight_along;

  return sight[row * push.sight_words + j / 32];
}
