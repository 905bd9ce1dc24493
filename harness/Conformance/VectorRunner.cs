using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Harness.Conformance;

/// <summary>Replays vectors and chains on a data plane and judges them: verdict, whole frame, redirect target, every table's changes.</summary>
public static class VectorRunner
{
    /// <summary>One row a vector, then one a walk or a world of runs, in the order of the file. The data plane is left as it was found.</summary>
    /// <exception cref="ArgumentException">The data plane was loaded with other settings than the vectors name.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the data plane is left as it was found then too.</exception>
    public static ImmutableArray<VectorRow> Run(VectorSuite suite, IDataPlane dataPlane, CancellationToken cancel = default)
    {
        if (suite.Settings.Any(settings => settings != dataPlane.Settings))
        {
            throw new ArgumentException("the vectors want a data plane of other settings", nameof(dataPlane));
        }
        ImmutableArray<VectorRow>.Builder rows = ImmutableArray.CreateBuilder<VectorRow>();
        foreach (VectorRow row in suite.Vectors.Select(vector => Judge(vector, dataPlane)).Concat(suite.Worlds.SelectMany(world => ChainRunner.Run(world, dataPlane))))
        {
            cancel.ThrowIfCancellationRequested();
            rows.Add(row);
        }
        return rows.ToImmutable();
    }

    private static VectorRow Judge(Vector vector, IDataPlane dataPlane)
    {
        StateLoader state = new(dataPlane);
        try
        {
            state.Load(new DropletId(0), vector.State);
            return Row(vector.Name, RunJudge.Differences(vector.Run, vector.State, dataPlane, out _, out _));
        }
        finally
        {
            state.Clear();
        }
    }

    internal static VectorRow Row(string name, string differences) =>
        new(name, differences.Length == 0 ? Result.Pass : Result.Fail, differences);
}
