using System.Collections.Immutable;
using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Harness.Traces;
using MizarLab.Studies;
using MizarLab.Tests.Inputs;
using MizarLab.Workload.Traffic;

namespace MizarLab.Tests.Studies;

/// <summary>How long changes take: the recursion against the control plane run message by message, and against hand counts.</summary>
public sealed class ChurnProgrammingTests
{
    private static readonly ControlCosts Costs = new();

    /// <summary>All at once is what <see cref="ControlRun"/> plays, every message an event.</summary>
    [Theory]
    [InlineData(ArchitectureKind.FullMesh)]
    [InlineData(ArchitectureKind.Hoverboard)]
    public void All_at_once_it_takes_as_long_as_message_by_message(ArchitectureKind architecture)
    {
        ControlShape shape = new(90, 37) { Partitions = 4 };
        ControlOutcome played = ControlRun.Execute(Architectures.ControlPlaneOf(architecture, shape, DataPlaneSettings.Lab), Costs, long.MaxValue, CancellationToken.None);
        double[] values = Run(architecture, shape, [.. Enumerable.Range(0, 90).Select(e => new ChurnEvent(SimTime.Zero, ChurnKind.Created, e, 0)), new(SimTime.FromSeconds(9), ChurnKind.Deleted, 0, 0)]);
        Assert.Equal(played.LastApplied.Picoseconds / 1e12, Of(values, "programming_most"));
        Assert.Equal(played.Messages + (played.Messages / 90), Of(values, "messages"));
        Assert.Equal(90, Of(values, "backlog"));
    }

    [Fact]
    public void One_change_alone_takes_its_own_time()
    {
        // Three hosts of one sender: rows leave 1, 2 and 3 sendings after it, and the last is applied a link and a row later.
        ControlShape shape = new(2, 3) { Partitions = 1 };
        double[] values = Run(ArchitectureKind.FullMesh, shape, [new(SimTime.Zero, ChurnKind.Created, 0, 0), new(SimTime.FromSeconds(1), ChurnKind.Deleted, 0, 0)]);
        double alone = ((3 * Costs.Send.Picoseconds) + Costs.Link.Picoseconds + Costs.Apply.Picoseconds) / 1e12;
        Assert.Equal((alone, alone, 1.0, 0.0, alone), (Of(values, "programming_most"), Of(values, "programming_mean"), Of(values, "backlog"), Of(values, "too_late"), Of(values, "drained")));
        // Gone ten microseconds after it came: before anybody could know.
        Assert.Equal(1, Of(Run(ArchitectureKind.FullMesh, shape, [new(SimTime.Zero, ChurnKind.Created, 0, 0), new(SimTime.FromMicroseconds(10), ChurnKind.Deleted, 0, 0)]), "too_late"));
    }

    [Fact]
    public void Mizar_tells_bouncers_and_the_host_in_both_dialects()
    {
        ImmutableArray<ChurnEvent> changes = [new(SimTime.Zero, ChurnKind.Created, 5, 0), new(SimTime.FromSeconds(1), ChurnKind.Deleted, 5, 0)];
        foreach (ArchitectureKind kind in (ArchitectureKind[])[ArchitectureKind.Mizar, ArchitectureKind.Lab])
        {
            Assert.InRange(Of(Run(kind, new ControlShape(40, 50) { Bouncers = 3 }, changes), "messages"), 6, 8);
        }
    }

    /// <summary><c>UPDATE_GENERATED=1</c> writes it anew.</summary>
    [Fact]
    public void The_experiments_trace_is_the_one_that_is_made_here()
    {
        string kept = Path.Combine(Repository.Root, "scenarios", "experiments", FortnightTrace.Name);
        if (Environment.GetEnvironmentVariable("UPDATE_GENERATED") == "1")
        {
            FortnightTrace.Write(kept);
        }
        Assert.Equal(FortnightTrace.Rows().Select(row => new TracedLife(row.Machine, row.Tenant, row.Begins, row.Ends)), AzurePackingTrace.Read(kept));
    }

    private static double[] Run(ArchitectureKind architecture, ControlShape shape, ImmutableArray<ChurnEvent> changes) =>
        [.. new ChurnProgrammingStudy(architecture, shape, Costs, changes, DataPlaneSettings.Lab).Run(new StudyRun(1, 1, CancellationToken.None)).Values];

    private static double Of(double[] values, string measure) => values[ChurnProgrammingStudy.All.Select(m => m.Name).ToList().IndexOf(measure)];
}
