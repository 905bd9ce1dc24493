using MizarLab.Observation;
using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance;

/// <summary>Replays vectors and chains on a data plane and judges them: verdict, whole frame, redirect target, learned direct paths.</summary>
public static class VectorRunner
{
    /// <summary>One row a vector, then one a walk, in the order of the file. The data plane is left as it was found.</summary>
    /// <exception cref="ArgumentException">The data plane speaks another dialect than the vectors.</exception>
    public static ImmutableArray<VectorRow> Run(VectorSuite suite, IDataPlane dataPlane)
    {
        if (dataPlane.Dialect != Dialect.Mizar)
        {
            throw new ArgumentException("the vectors are upstream's: the data plane must speak the dialect 'mizar'", nameof(dataPlane));
        }
        return [.. suite.Vectors.Select(vector => Judge(vector, dataPlane)), .. suite.Worlds.SelectMany(world => ChainRunner.Run(world, dataPlane))];
    }

    private static VectorRow Judge(Vector vector, IDataPlane dataPlane)
    {
        Feature needs = Needs.Of(vector.State, vector.Program, agent: 0, vector.FrameIn);
        if (needs != Feature.None)
        {
            return new VectorRow(vector.Name, Result.NotYet, $"needs {Needs.Text(needs)}");
        }
        DropletId droplet = new(0);
        StateLoader state = new(dataPlane);
        try
        {
            state.Load(droplet, vector.State);
            Frame frame = Frame.FromBytes(vector.FrameIn);
            ProgramResult result = dataPlane.Run(droplet, vector.Program, new AgentId(1), ref frame);
            string differences = string.Join("; ", Differences(vector, result, frame.ToBytes(), dataPlane.Rows(droplet, Tables.DirectPath)));
            return new VectorRow(vector.Name, differences.Length == 0 ? Result.Pass : Result.Fail, differences);
        }
        finally
        {
            state.Clear();
        }
    }

    private static IEnumerable<string> Differences(
        Vector vector, ProgramResult result, byte[] frame, IReadOnlyList<KeyValuePair<EndpointKey, CachedHost>> directPath)
    {
        if (result.Verdict != vector.Verdict)
        {
            yield return $"verdict: expected {Text(vector.Verdict)}, got {Text(result.Verdict)} ({result.Reason})";
        }
        else if (vector.Redirect is { } target && (result.Devmap, result.Slot) != (target.Devmap, target.Slot))
        {
            yield return $"redirect: expected slot {target.Slot} of {target.Devmap}, got slot {result.Slot} of {result.Devmap}";
        }
        foreach (string difference in FrameAccount.Differences(vector.FrameOut, frame).Concat(Learned(vector, directPath)))
        {
            yield return difference;
        }
        foreach (string table in vector.OtherChanges)
        {
            yield return $"{table}: rows were to change, and the data plane has no such table";
        }
    }

    /// <summary>Compares the entries that appeared or changed with those that should have.</summary>
    private static IEnumerable<string> Learned(Vector vector, IReadOnlyList<KeyValuePair<EndpointKey, CachedHost>> directPath)
    {
        SortedDictionary<EndpointKey, CachedHost> changed = new(EndpointKeyOrder.Instance);
        foreach ((EndpointKey key, CachedHost host) in directPath)
        {
            if (!vector.State.DirectPath.TryGetValue(key, out CachedHost before) || before != host)
            {
                changed[key] = host;
            }
        }
        foreach ((EndpointKey key, CachedHost host) in vector.Learned)
        {
            if (!changed.Remove(key, out CachedHost got))
            {
                yield return $"direct path: {TableText.Row(key, host)} was to be learned, and was not";
            }
            else if (got != host)
            {
                yield return $"direct path of {TableText.Key(key)}: expected {TableText.Value(host)}, got {TableText.Value(got)}";
            }
        }
        foreach ((EndpointKey key, CachedHost host) in changed)
        {
            yield return $"direct path: {TableText.Row(key, host)} was learned, and should not be";
        }
    }

    internal static string Text(Verdict verdict) => verdict.ToString().ToUpperInvariant();
}
