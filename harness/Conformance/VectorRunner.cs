using MizarLab.Observation;
using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance;

/// <summary>Replays vectors and chains on a data plane and judges them: verdict, whole frame, redirect target, every table's changes.</summary>
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
        Feature needs = Needs.Of(vector.State, vector.Program, new AgentId(1), vector.FrameIn) & Needs.Missing(dataPlane);
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
            string differences = string.Join("; ", Differences(vector, result, frame.ToBytes(), dataPlane, droplet));
            return new VectorRow(vector.Name, differences.Length == 0 ? Result.Pass : Result.Fail, differences);
        }
        finally
        {
            state.Clear();
        }
    }

    private static IEnumerable<string> Differences(Vector vector, ProgramResult result, byte[] frame, IDataPlane dataPlane, DropletId droplet)
    {
        if (result.Verdict != vector.Verdict)
        {
            yield return $"verdict: expected {Text(vector.Verdict)}, got {Text(result.Verdict)} ({result.Reason})";
        }
        else if (vector.Redirect is { } target && (result.Devmap, result.Slot) != (target.Devmap, target.Slot))
        {
            yield return $"redirect: expected slot {target.Slot} of {target.Devmap}, got slot {result.Slot} of {result.Devmap}";
        }
        foreach (string difference in FrameAccount.Differences(vector.FrameOut, frame)
            .Concat(LearnedTables.Differences(vector.State, vector.Changes, dataPlane, droplet)))
        {
            yield return difference;
        }
    }

    internal static string Text(Verdict verdict) => verdict.ToString().ToUpperInvariant();
}
