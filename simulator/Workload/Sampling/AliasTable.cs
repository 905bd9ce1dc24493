using MizarLab.Engine;

namespace MizarLab.Workload.Sampling;

/// <summary>
/// Picks one of n by given weights in constant time (Walker's aliases as Vose fills them): every column of the table holds its own item up to a height and another's
/// above. Heights are 32-bit fractions, so a probability is off by at most 2^-32/n.
/// </summary>
public sealed class AliasTable
{
    private readonly uint[] heights;
    private readonly int[] aliases;

    /// <param name="weights">Not negative, at least one positive; they need not sum to one.</param>
    public AliasTable(ReadOnlySpan<double> weights)
    {
        double sum = 0;
        foreach (double weight in weights)
        {
            if (!(weight >= 0 && weight < double.PositiveInfinity))
            {
                throw new ArgumentOutOfRangeException(nameof(weights), weight, "a weight is finite and not negative");
            }
            sum += weight;
        }
        if (!(sum > 0))
        {
            throw new ArgumentException("at least one weight must be positive", nameof(weights));
        }
        heights = new uint[weights.Length];
        aliases = new int[weights.Length];
        Fill(weights, sum);
    }

    public int Count => heights.Length;

    /// <summary>0 … <see cref="Count"/> − 1.</summary>
    public int Next(RandomStream random)
    {
        int column = (int)random.NextBelow((uint)heights.Length);
        return random.NextUInt32() < heights[column] ? column : aliases[column];
    }

    private void Fill(ReadOnlySpan<double> weights, double sum)
    {
        int count = weights.Length;
        double[] scaled = new double[count];
        int[] order = new int[count];
        (int low, int high) = (0, count);
        for (int i = 0; i < count; i++)
        {
            scaled[i] = weights[i] / sum * count;
            order[scaled[i] < 1 ? low++ : --high] = i;
        }
        // Too-small items lie in [0, low), the others in [high, count). Each small one's column is filled up by a large one.
        while (low > 0 && high < count)
        {
            int small = order[--low];
            int large = order[high];
            heights[small] = (uint)Math.Min(uint.MaxValue, scaled[small] * 4294967296.0);
            aliases[small] = large;
            scaled[large] -= 1 - scaled[small];
            if (scaled[large] < 1)
            {
                high++;
                order[low++] = large;
            }
        }
        // What is left is full but for rounding.
        for (int i = 0; i < low; i++)
        {
            Full(order[i]);
        }
        for (int i = high; i < count; i++)
        {
            Full(order[i]);
        }
    }

    private void Full(int item)
    {
        heights[item] = uint.MaxValue;
        aliases[item] = item;
    }
}
