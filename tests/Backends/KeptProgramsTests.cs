using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf;
using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Tests.Scenarios;

namespace MizarLab.Tests.Backends;

/// <summary>Programs that stay loaded from one scenario to the next: nothing of the one is seen by the other.</summary>
public sealed class KeptProgramsTests
{
    /// <summary>What leaves most behind: learned hosts, connections, translations, NAT entries, used-up limits, counters, rewritten rows, stages.</summary>
    private static readonly string[] Leaving =
    [
        "source_nat.yaml", "lab_icmp_errors.yaml", "scaled_same_connection.yaml", "policy_updates.yaml", "rate_limit.yaml", "statistics.yaml", "moved_endpoint.yaml", "stages.yaml",
    ];

    /// <summary>Twice round, so that each comes after every other: a run is the model's to the last byte, row and picosecond, and the model has no past.</summary>
    [RootFact]
    public async Task AScenarioSeesNothingOfTheOneBefore()
    {
        Scenario[] scenarios = [.. Leaving.SelectMany(Library.LoadAll).Where(one => one.Settings == DataPlaneSettings.Lab)];
        Assert.True(scenarios.Length >= 6, $"{scenarios.Length} scenarios have the dialect's own settings");
        using BpfBackend bpf = new(keeps: true);
        foreach (Scenario scenario in scenarios.Concat(scenarios.Reverse()))
        {
            Plan plan = Plan.Create(scenario);
            RunContext context = new("0a1b2c3e", Path.GetTempPath(), scenario.Settings, Seed: 1);
            BackendRun real = await bpf.RunAsync(plan, context, CancellationToken.None), model = await new ModelBackend().RunAsync(plan, context, CancellationToken.None);
            Comparison compared = RunComparer.Compare(plan, model, real);
            Assert.True(compared.Differences.IsEmpty, $"{scenario.Name}: {string.Join("; ", compared.Differences.Take(3))}");
            Assert.Equal((scenario.Name, Fingerprint.Of(model)), (scenario.Name, Fingerprint.Of(real)));
        }
    }

    [RootFact]
    public void WhatIsGivenBackIsTakenAgainWithTheSameOptionsOnly()
    {
        const string run = "0a1b2c3f";
        BpfOptions mizar = new(), lab = new() { Settings = DataPlaneSettings.Lab };
        using KeptPrograms kept = new();
        BpfDataPlane plane = kept.Take(1, run, mizar);
        BpfDroplet loaded = plane.Droplet(new DropletId(0));
        kept.GiveBack(mizar, plane);

        // Of more droplets, those that were loaded are loaded still.
        using BpfDataPlane again = kept.Take(2, run, mizar with { });
        Assert.Same(plane, again);
        Assert.Same(loaded, again.Droplet(new DropletId(0)));
        // Of fewer, the others are none.
        again.Resize(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => again.Droplet(new DropletId(1)));

        // It is out: another has its own; and so have other options.
        using BpfDataPlane second = kept.Take(1, run, mizar), third = kept.Take(1, run, lab);
        Assert.NotSame(plane, second);
        Assert.NotSame(plane, third);
    }
}
