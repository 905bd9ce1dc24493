using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Studies;

/// <summary>How one policy gives way to another.</summary>
public enum PolicyChange : byte
{
    /// <summary>In one step: rows are written over.</summary>
    Replace,

    /// <summary>The old one is deleted, then the new one comes: upstream's way.</summary>
    DeleteFirst,

    /// <summary>The new one comes, then the old one is deleted: both are in force in between.</summary>
    AddFirst,
}

/// <summary>
/// Whether a policy changes at once (spec 09 Q19, 03 §3.10). A server's policy of several rules, each a client with a port of its own, gives way to one of the same rules the other way round and one client
/// more, an update at a time, while two kinds of packets come: those that both policies allow, and those that neither does (each client at the next one's port). A rule is a bit in two tables, of ports and of
/// addresses, and no two policies share bits. Written over, the tables disagree in between, and what is allowed is stopped; deleted first, nothing is enforced in between, and all are let in; added first, neither happens.
/// </summary>
/// <param name="change">How.</param>
/// <param name="rules">Of the first policy, 2 to 31.</param>
/// <param name="order">Of the updates of a step.</param>
/// <param name="pace">Between two updates.</param>
/// <param name="gap">Between two packets.</param>
/// <param name="settings">Of the data plane.</param>
public sealed class PolicyChangeStudy(PolicyChange change, int rules, ProgrammingOrder order, SimTime pace, SimTime gap, DataPlaneSettings settings) : IStudy
{
    private const ushort FirstPort = 8_000, FirstClientPort = 20_000;
    private const int Ports = 20_000;

    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("denied", "frames", "Packets stopped that both policies allow"),
        new("let_in", "frames", "Packets let in that neither policy allows"),
        new("allowed_sent", "frames", "Packets sent that both policies allow"),
        new("forbidden_sent", "frames", "Packets sent that neither does"),
        new("updates", "", "Updates of the change"),
        new("wrong_outside", "frames", "Packets wrongly stopped or let in before the change or after it"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => true;

    public StudyResult Run(in StudyRun run)
    {
        World world = new(change, rules, order, settings);
        RunningNet running = world.Running;
        long outside = world.WrongNow(run.Cancel);
        IReadOnlyList<TableUpdate> updates = [.. Enumerable.Range(0, world.Steps).SelectMany(running.UpdatesOf)];
        SimTime begins = running.Now;
        for (int i = 0; i < updates.Count; i++)
        {
            TableUpdate update = updates[i];
            running.At(begins + RunningNet.Times(pace, i + 1), () => running.Write(update));
        }
        (long allowedSent, long forbiddenSent) = (0, 0);
        long allowedBefore = world.Allowed, forbiddenBefore = world.Forbidden;
        SimTime ends = begins + RunningNet.Times(pace, updates.Count + 1);
        for (SimTime at = begins; at < ends; at += gap)
        {
            bool allowed = (allowedSent + forbiddenSent) % 2 == 0;
            long number = allowed ? allowedSent++ : forbiddenSent++;
            running.At(at, () => world.Send(allowed, (int)(number % rules)));
        }
        running.Settle(run.Cancel);
        long denied = allowedSent - (world.Allowed - allowedBefore), letIn = world.Forbidden - forbiddenBefore;
        outside += world.WrongNow(run.Cancel);
        return StudyResult.Of(denied, letIn, allowedSent, forbiddenSent, updates.Count, outside);
    }

    private sealed class World
    {
        private readonly StudyNet net;
        private readonly EndpointId server;
        private readonly EndpointId[] clients;
        private readonly int rules;
        private int sent;

        public World(PolicyChange change, int rules, ProgrammingOrder order, DataPlaneSettings settings)
        {
            this.rules = rules;
            net = new StudyNet { Order = order };
            DropletId bouncer = net.Droplet(), divider = net.Droplet(), serverHost = net.Droplet(), clientHost = net.Droplet();
            VpcId vpc = net.Vpc(divider);
            NetworkId network = net.Network(vpc, bouncer);
            server = net.Endpoint(network, serverHost);
            clients = [.. Enumerable.Range(0, rules + 1).Select(_ => net.Endpoint(network, clientHost))];
            ImmutableArray<PolicyRule> all = [.. Enumerable.Range(0, rules + 1).Select(RuleOf)];
            PolicyId first = Policy(vpc, [.. all[..^1]], initially: true), second = Policy(vpc, [.. all.Reverse()], initially: false);
            Func<string, SourcePlace, Step> add = (name, where) => new AddPolicyStep(second) { Name = name, Where = where };
            Func<string, SourcePlace, Step> delete = (name, where) => new DeletePolicyStep(first) { Name = name, Where = where };
            Steps = 1 + change switch
            {
                PolicyChange.AddFirst => net.Step(add) + net.Step(delete),
                PolicyChange.DeleteFirst => net.Step(delete) + net.Step(add),
                _ => net.Step((name, where) => new ReplacePolicyStep(first, second) { Name = name, Where = where }),
            };
            Running = net.Begin(settings, record: true);
        }

        public RunningNet Running { get; }

        /// <summary>Of the management plane.</summary>
        public int Steps { get; }

        /// <summary>Packets that reached the server so far, of those the policies allow.</summary>
        public long Allowed => Arrived(allowed: true);

        public long Forbidden => Arrived(allowed: false);

        /// <summary>From a source port that is odd for what is allowed, and new each time, so that no connection is tracked already.</summary>
        public void Send(bool allowed, int rule)
        {
            ushort port = (ushort)(FirstClientPort + (2 * (sent++ % Ports)) + (allowed ? 1 : 0));
            Running.Send(clients[rule], net.Datagram(clients[rule], net.AddressOf(server), port, (ushort)(FirstPort + (allowed ? rule : (rule + 1) % rules))));
        }

        /// <summary>One packet of each kind by each rule while nothing changes; how many of them fared as they should not.</summary>
        public long WrongNow(CancellationToken cancel)
        {
            (long allowed, long forbidden) = (Allowed, Forbidden);
            for (int rule = 0; rule < rules; rule++)
            {
                Send(true, rule);
                Running.Settle(cancel);
                Send(false, rule);
                Running.Settle(cancel);
            }
            return rules - (Allowed - allowed) + (Forbidden - forbidden);
        }

        private long Arrived(bool allowed) =>
            Running.Received.Count(seen => seen.At == server && (Wire.Read16(seen.Frame, Wire.Ethernet.Length + Wire.Ipv4.Length + Wire.Udp.SourcePort) % 2 == 1) == allowed);

        private PolicyRule RuleOf(int number) =>
            new([new CidrPeer(new Ipv4Prefix(net.AddressOf(clients[number]), 32), [])], [new PolicyPort(IpProtocol.Udp, (ushort)(FirstPort + number))]);

        private PolicyId Policy(VpcId vpc, ImmutableArray<PolicyRule> ingress, bool initially) =>
            net.Policy(new Policy("", vpc, new PolicySubject([server], LabelSet.Empty, LabelSet.Empty), ingress, default, initially));
    }
}
