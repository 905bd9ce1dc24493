using MizarLab.DataPlane;
using MizarLab.Engine;

namespace MizarLab.Baselines;

/// <summary>
/// Power of two choices (Mitzenmacher 2001): a new connection goes to the one with fewest connections of a few backends drawn at random, and a row remembers it. Of n balls in n bins with two choices the fullest holds
/// ln ln n / ln 2 + O(1), with one ln n / ln ln n. No hash leads back: without its row a connection is a new one.
/// </summary>
public sealed class FewestConnections : IBalancer
{
    private readonly int choices;
    private readonly RandomStream random;
    private readonly FlatTable<int, int> rows = new();
    private int[] live;
    private int[] load;

    /// <param name="backends">At first.</param>
    /// <param name="choices">Drawn for each connection, with replacement: 2; 1 is a random backend.</param>
    /// <param name="seed">Of what is drawn.</param>
    public FewestConnections(ReadOnlySpan<int> backends, int choices, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(choices, 1);
        (this.choices, live, load) = (choices, backends.ToArray(), new int[1 + Most(backends)]);
        random = new RandomStream(seed, "balancer/choices");
    }

    public int Rows => rows.Count;

    public int Pick(int connection, ref ushort? cookie)
    {
        if (rows.TryGet(in connection, out int had))
        {
            return had;
        }
        int picked = live[random.NextBelow((uint)live.Length)];
        for (int i = 1; i < choices; i++)
        {
            int other = live[random.NextBelow((uint)live.Length)];
            picked = load[other] < load[picked] ? other : picked;
        }
        load[picked]++;
        rows.Put(in connection, in picked);
        return picked;
    }

    /// <summary>Rows that name a backend that is gone go with it.</summary>
    public void Change(ReadOnlySpan<int> backends)
    {
        live = backends.ToArray();
        Array.Resize(ref load, Math.Max(load.Length, 1 + Most(backends)));
        List<KeyValuePair<int, int>> all = [];
        rows.CopyTo(all);
        foreach ((int connection, int backend) in all)
        {
            if (Array.IndexOf(live, backend) < 0)
            {
                rows.Remove(in connection);
                load[backend]--;
            }
        }
    }

    public void Forget()
    {
        rows.Clear();
        Array.Clear(load);
    }

    private static int Most(ReadOnlySpan<int> backends)
    {
        int most = 0;
        foreach (int backend in backends)
        {
            most = Math.Max(most, backend);
        }
        return most;
    }
}
