using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;
using W = MizarLab.Scenarios.Language.ArchitectureWords;

namespace MizarLab.Scenarios.Language;

/// <summary><c>programming: { architecture: mizar, endpoints: 10_000 }</c>.</summary>
internal static class ProgrammingKeys
{
    private const int MostEndpoints = 2_000_000, MostHosts = 50_000, MostPerNetwork = 65_000;

    private static readonly Key<int> Endpoints = Key.Needs("endpoints", new IntegerShape("a number of endpoints", 1, MostEndpoints), "That come up at once.");
    private static readonly Key<int> Hosts = Key.Has("most_hosts", new IntegerShape("a number of hosts", 1, MostHosts), 10_000, "They lie on so many hosts, or on as many as there are endpoints, if these are fewer.");
    private static readonly Key<int> PerNetwork = Key.Has("per_network", new IntegerShape("a number of endpoints", 1, MostPerNetwork), 250, "Endpoints of each of the VPC's networks, where the architecture tells networks apart.");
    private static readonly Key<SimTime> Link = Key.Has("link", Standard.Time, new ControlCosts().Link, "From any node of the control plane to any other.");
    private static readonly Key<int> OneByOne = Key.Has("one_by_one", new IntegerShape("a number of messages", 0, 1_000_000_000), 100_000_000, "More messages than this travel in batches, with the same counts and times.");

    public static readonly StudyKind Kind = new(
        new RecordShape(
            "programming", "What it takes to tell a network of its endpoints: messages, rows, time and state.",
            W.Architecture, Endpoints, Hosts, PerNetwork, W.Bouncers, W.Dividers, W.Gateways, W.Reflectors, W.Partitions, W.Send, W.Apply, Link, OneByOne),
        Make);

    private static ProgrammingStudy? Make(Fields fields, StudyContext context)
    {
        ArchitectureKind architecture = fields.Get(W.Architecture);
        int hosts = Math.Min(fields.Get(Endpoints), fields.Get(Hosts));
        int holders = Math.Max(fields.Get(W.Bouncers), fields.Get(W.Dividers));
        if (Architectures.IsMizar(architecture) && holders > hosts)
        {
            context.Diagnostics.Report(fields.PlaceOf(Endpoints), $"{holders} bouncers or dividers on {hosts} hosts", "at least as many hosts: more endpoints or fewer role holders");
            return null;
        }
        ControlShape shape = new(fields.Get(Endpoints), hosts)
        {
            Bouncers = fields.Get(W.Bouncers),
            Dividers = fields.Get(W.Dividers),
            Gateways = fields.Get(W.Gateways),
            Reflectors = fields.Get(W.Reflectors),
            EndpointsPerNetwork = fields.Get(PerNetwork),
            Partitions = fields.Get(W.Partitions),
        };
        ControlCosts costs = new() { Send = fields.Get(W.Send), Apply = fields.Get(W.Apply), Link = fields.Get(Link) };
        return new ProgrammingStudy(architecture, shape, costs, fields.Get(OneByOne), context.Settings);
    }
}
