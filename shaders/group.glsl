/* group.glsl: sums and maxima over a workgroup of GROUP invocations, a power of two
 *
 * Through shared memory, so that no subgroup size is assumed. Every invocation of the workgroup must
 * call them together; each gets the result. Include after GROUP is declared.
 */
shared float group_partial[GROUP];

float
group_sum (float value)
{
  const uint lane = gl_LocalInvocationID.x;

  barrier ();
  group_partial[lane] = value;
  barrier ();
  for (uint half_group = GROUP / 2; half_group > 0; half_group /= 2)
    {
      if (lane < half_group)
        group_partial[lane] += group_partial[lane + half_group];
      barrier ();
    }

  return group_partial[0];
}

float
group_max (float value)
{
  const uint lane = gl_LocalInvocationID.x;

  barrier ();
  group_partial[lane] = value;
  barrier ();
  for (uint half_group = GROUP / 2; half_group > 0; half_group /= 2)
    {
      if (lane < half_group)
        group_partial[lane] = max (group_partial[lane], group_partial[lane + half_group]);
      barrier ();
    }

  return group_partial[0];
}
