using System.Collections.Immutable;
using System.CommandLine;
using MizarLab.Engine;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Results;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab trace SCENARIO --from A --to B</c>: one packet, hop by hop, with what every program changed.</summary>
internal static class TraceCommand
{
    private static readonly string[] Backends = ["model", "bpf"];

    public static Command Create()
    {
        Argument<string> file = new("scenario") { Description = "The scenario whose topology is used; its timeline is not run." };
        Option<string> from = new("--from") { Description = "The endpoint that sends.", Required = true, HelpName = "endpoint" };
        Option<string> to = new("--to") { Description = "An endpoint or an address.", Required = true, HelpName = "endpoint|address" };
        Option<bool> icmp = new("--icmp") { Description = "An ICMP echo; the default." };
        Option<ushort?> udp = NumberOption.Optional<ushort>("--udp", "A datagram to this port.", 1, ushort.MaxValue);
        Option<ushort?> tcp = NumberOption.Optional<ushort>("--tcp", "A connection to this port, with four bytes sent.", 1, ushort.MaxValue);
        udp.HelpName = tcp.HelpName = "port";
        Option<ImmutableArray<string>?> on = CommonOptions.On(Backends);
        Option<bool> warm = new("--warm") { Description = "First send the same once, so that caches and neighbour tables are filled; then trace." };
        LabCommand command = new("trace", "Send one packet and show it hop by hop: program, verdict, outer header, what changed.", """
            Frames it brings about (ARP, answers) are shown too. Exit 1 when it does not arrive.

            Examples:
              mizarlab trace scenarios/library/demo.yaml --from a --to c --icmp
              mizarlab trace scenarios/library/demo.yaml --from a --to 10.0.0.77 --udp 53 --on bpf
            """)
        {
            file,
            from,
            to,
            icmp,
            udp,
            tcp,
            on,
            warm,
        };
        command.Validators.Add(result =>
        {
            if (new[] { result.GetResult(icmp), result.GetResult(udp), (object?)result.GetResult(tcp) }.Count(r => r is not null) > 1)
            {
                result.AddError("--icmp, --udp and --tcp exclude each other");
            }
        });
        command.SetAction((parsed, cancel) =>
        {
            Scenario scenario = ScenarioFiles.Load(parsed.GetValue(file)!, cancel);
            Func<int, Step> step = StepFor(scenario, parsed.GetValue(from)!, parsed.GetValue(to)!, parsed.GetValue(udp), parsed.GetValue(tcp));
            return RunAsync(scenario, step, parsed.GetValue(on)?[0] ?? "model", parsed.GetValue(warm), cancel);
        });
        return command;
    }

    private static async Task<int> RunAsync(Scenario scenario, Func<int, Step> step, string backend, bool warm, CancellationToken cancel)
    {
        IBackend chosen = LabBackends.Create()[backend];
        if (chosen.Probe() is { Available: false } lacking)
        {
            throw new UserError($"backend {backend}: {lacking.Reason}", ExitCode.Lacking);
        }
        Plan plan = Plan.Create(scenario with { Timeline = [.. Enumerable.Range(0, warm ? 2 : 1).Select(step)], Expect = [] });
        RunContext context = new(RunFolder.NewId(), Path.GetTempPath(), scenario.Settings, Seed: 1);
        BackendRun run = await chosen.RunAsync(plan, context, cancel);
        ImmutableArray<Journey> journeys = [.. JourneyBuilder.Build(plan, run).Where(j => j.Step == plan.Scenario.Timeline.Length - 1)];
        foreach (Journey journey in journeys)
        {
            Console.Out.WriteLine(JourneyText.Format(journey, plan.Topology));
        }
        StepOutcome outcome = run.Outcomes[^1];
        bool arrived = outcome.Arrived == outcome.Sent && outcome.Sent > 0;
        Console.Out.WriteLine($"{journeys.Length} frames on {backend}; {(arrived ? "it arrived" : $"it did not arrive{(outcome.Trouble is null ? "" : $": {outcome.Trouble}")}")}");
        return arrived ? ExitCode.Held : ExitCode.Broken;
    }

    private static Func<int, Step> StepFor(Scenario scenario, string from, string to, ushort? udp, ushort? tcp)
    {
        EndpointId sender = Named(scenario, from);
        Ipv4Address target = Ipv4Address.TryParse(to, out Ipv4Address address) ? address : scenario.Topology[Named(scenario, to)].Address;
        SourcePlace here = new(scenario.File, 1, 1);
        ImmutableArray<byte> payload = [.. "ping"u8];
        SimTime second = SimTime.FromSeconds(1);
        return index =>
        {
            string name = $"trace-{index + 1}";
            return (udp, tcp) switch
            {
                ({ } port, _) => new UdpStep(sender, target, port, payload, 1, SimTime.Zero, Reply: false, second) { Name = name, Where = here },
                (_, { } port) => new TcpStep(sender, target, port, payload, 1, SimTime.Zero, Reply: false, second) { Name = name, Where = here },
                _ => new PingStep(sender, target, 1, SimTime.Zero, 56, second) { Name = name, Where = here },
            };
        };
    }

    /// <exception cref="UserError">The topology has no such endpoint when the scenario begins.</exception>
    private static EndpointId Named(Scenario scenario, string name)
    {
        ImmutableArray<Endpoint> all = scenario.Topology.Endpoints;
        for (int i = 0; i < all.Length; i++)
        {
            if (all[i].Name == name && all[i].Initially)
            {
                return new EndpointId(i);
            }
        }
        throw new UserError($"{scenario.File}: no endpoint '{name}' when the scenario begins; there are {string.Join(", ", all.Where(e => e.Initially).Select(e => e.Name))}");
    }
}
