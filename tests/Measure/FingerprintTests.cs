using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Observation;
using MizarLab.Tests.Backends;

namespace MizarLab.Tests.Measure;

public sealed class FingerprintTests
{
    [Fact]
    public void The_same_seed_gives_the_same_run_and_another_seed_another()
    {
        string first = Fingerprint.Of(SimulatedBackendTests.Busy().Run(seed: 5));
        Assert.Equal(32, first.Length);
        Assert.Equal(first, Fingerprint.Of(SimulatedBackendTests.Busy().Run(seed: 5)));
        Assert.NotEqual(first, Fingerprint.Of(SimulatedBackendTests.Busy().Run(seed: 6)));
    }

    [Fact]
    public void Every_part_of_a_run_counts()
    {
        BackendRun run = SimulatedBackendTests.Busy().Run();
        string whole = Fingerprint.Of(run);
        Sighting one = run.Sightings[17];
        StepOutcome outcome = run.Outcomes[0];
        byte[] changed = [.. one.FrameOut];
        changed[^1] ^= 1;
        BackendRun[] others =
        [
            run with { Sightings = run.Sightings.SetItem(17, one with { Time = one.Time + new SimTime(1) }) },
            run with { Sightings = run.Sightings.SetItem(17, one with { FrameOut = changed }) },
            run with { Sightings = run.Sightings.SetItem(17, one with { Slot = one.Slot + 1 }) },
            run with { Sightings = run.Sightings.SetItem(17, one with { Changes = [new TableChange("direct_path", "k", null)] }) },
            run with { Sightings = run.Sightings.RemoveAt(17) },
            run with { Outcomes = run.Outcomes.SetItem(0, outcome with { Arrived = outcome.Arrived + 1 }) },
            run with { Outcomes = run.Outcomes.SetItem(0, outcome with { Trouble = "" }) },
            run with { Tables = run.Tables.SetItem(0, run.Tables[0] with { Rows = run.Tables[0].Rows.Add("row") }) },
            run with { Missed = 1 },
        ];
        Assert.Equal(others.Length + 1, others.Select(Fingerprint.Of).Append(whole).Distinct().Count());
        Assert.Equal(whole, Fingerprint.Of(run with { Traits = run.Traits with { Name = "another" } }));
    }
}
