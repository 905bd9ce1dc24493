using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Harness.Conformance.Profiles;
using MizarLab.Management;
using MizarLab.Observation;

namespace MizarLab.Harness.Backends;

/// <summary>The backend <c>bpf</c> with the programs of a profile in place of the lab's own.</summary>
public sealed class ProfileBackend(Profile profile) : IBackend
{
    private const int FewEndpoints = 256;

    public BackendTraits Traits { get; } = SimulatedTraits.Of("bpf") with { TellsReasons = profile.Encoding == ProfileEncoding.Mizarlab };

    public Availability Probe() => BpfObjects.Probe();

    public Availability Suits(Plan plan)
    {
        if (!ProfilePrograms.Speaks(profile, plan.Scenario.Settings))
        {
            return Availability.No($"profile {profile.Name} is held to the dialect {profile.Dialect.ToString().ToLowerInvariant()}, and the scenario is of other settings");
        }
        if (profile.Encoding == ProfileEncoding.Described && plan.Topology.Droplets.Any(droplet => droplet.Bandwidth is not null) && profile.Parts.All(part => part.Table != Tables.Bandwidth.Name))
        {
            return Availability.No($"profile {profile.Name} describes no table '{Tables.Bandwidth.Name}', and a droplet has a limit");
        }
        return profile.Encoding == ProfileEncoding.Described && plan.Topology.Functions is [var function, ..]
            ? Availability.No($"function '{function.Name}' is written over the lab's own tables")
            : Availability.Yes;
    }

    public async Task<BackendRun> RunAsync(Plan plan, RunContext context, CancellationToken cancel)
    {
        BpfOptions options = new()
        {
            LogFolder = context.Folder,
            // A suite loads hundreds of droplets: tables for a few hundred endpoints take milliseconds, whole ones a quarter of a second.
            Sizes = plan.Topology.Endpoints.Length <= FewEndpoints ? Conformance.Fuzzing.SmallTables.Sizes : BpfOptions.AsCompiled,
            Functions = await FunctionCompiler.CompileAsync(plan.Scenario, context.Folder, cancel).ConfigureAwait(false),
        };
        return await Task.Run(() => Run(plan, context, options, cancel), cancel).ConfigureAwait(false);
    }

    private BackendRun Run(Plan plan, RunContext context, BpfOptions options, CancellationToken cancel)
    {
        using ProfilePrograms programs = ProfilePrograms.Load(profile, plan.Topology.Droplets.Length, context.Settings, options);
        return programs.Execute(() => SimulatedTraits.Execute(plan, programs.DataPlane, Traits, context, cancel));
    }
}
