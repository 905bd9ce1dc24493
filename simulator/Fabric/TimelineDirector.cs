using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Workload;
using MizarLab.Workload.Applications;

namespace MizarLab.Fabric;

/// <summary>
/// Drives a timeline on a simulated network: begins each step when its turn has come, sends the management plane's updates, and
/// collects outcomes.
/// </summary>
internal sealed class TimelineDirector : INode
{
    /// <summary>Between the end of a step (or the beginning of a background one) and the next: the live backends need such a rest too.</summary>
    public static readonly SimTime Gap = SimTime.FromMilliseconds(20);

    private readonly Plan plan;
    private readonly SimulatedNetwork network;
    private readonly TimerSet timers;
    private readonly SimTimer nextStep;
    private readonly StepOutcome?[] outcomes;
    private int next;

    public TimelineDirector(Plan plan, SimulatedNetwork network)
    {
        this.plan = plan;
        this.network = network;
        timers = new TimerSet(network.Simulation, network.Simulation.Add(this));
        nextStep = timers.Create(BeginNext);
        outcomes = new StepOutcome?[Timeline.Length];
    }

    /// <summary>Outcomes by step.</summary>
    /// <exception cref="InvalidOperationException">A step has not ended.</exception>
    public ImmutableArray<StepOutcome> Outcomes =>
        [.. outcomes.Select((o, i) => o ?? throw new InvalidOperationException($"step '{Timeline[i].Name}' did not end"))];

    private ImmutableArray<Step> Timeline => plan.Scenario.Timeline;

    private SimTime Now => timers.Now;

    /// <summary>Puts the first endpoints on their droplets and the first step on the clock.</summary>
    public void Start()
    {
        for (int i = 0; i < network.Topology.Endpoints.Length; i++)
        {
            if (network.Topology.Endpoints[i].Initially)
            {
                network.Attach(new EndpointId(i), network.Topology.Endpoints[i].Droplet);
            }
        }
        ArmNext(Now);
    }

    public void Handle(in SimEvent happening) => timers.Handle(in happening);

    private void ArmNext(SimTime earliest)
    {
        if (next < Timeline.Length)
        {
            SimTime at = Timeline[next].At ?? SimTime.Zero;
            nextStep.ArmAt(at > earliest ? at : earliest);
        }
    }

    private void BeginNext()
    {
        int index = next++;
        Step step = Timeline[index];
        Begin(index, step);
        if (step.Background)
        {
            ArmNext(Now + Gap);
        }
    }

    private void Begin(int index, Step step)
    {
        switch (step)
        {
            case WaitStep wait:
                SimTime began = Now;
                SimTimer over = timers.Create(() => End(index, new StepOutcome { Step = index, Began = began, Ended = Now }));
                over.ArmAfter(wait.Duration);
                break;
            case FailDropletStep fail:
                network.Fail(fail.Droplet);
                EndNow(index);
                break;
            case RestoreDropletStep restore:
                network.Restore(restore.Droplet);
                EndNow(index);
                break;
            case FailSwitchStep fail:
                network.Fabric.Fail(network.Fabric.LinksOf(fail.Switch), Now);
                EndNow(index);
                break;
            case RestoreSwitchStep restore:
                network.Fabric.Restore(network.Fabric.LinksOf(restore.Switch));
                EndNow(index);
                break;
            case FailLinkStep fail:
                network.Fabric.Fail(network.Fabric.LinksBetween(fail.One, fail.Other), Now);
                EndNow(index);
                break;
            case RestoreLinkStep restore:
                network.Fabric.Restore(network.Fabric.LinksBetween(restore.One, restore.Other));
                EndNow(index);
                break;
            case FrameStep frame:
                BeginFrame(index, frame);
                break;
            case UnderlayFrameStep frame:
                network.InjectUnderlay(frame.To, frame.Bytes.AsSpan());
                End(index, new StepOutcome { Step = index, Began = Now, Ended = Now, Sent = 1, BytesSent = frame.Bytes.Length });
                break;
            case TrafficStep traffic:
                new TrafficPlay(traffic, index, network.Topology, network.StackOf, timers, outcome => End(index, outcome)).Start();
                break;
            case PingStep or UdpStep or TcpStep:
                BeginExchange(index, step);
                break;
            // An endpoint's interface is there before the first update about it is sent, and goes after the last.
            case CreateEndpointStep create:
                network.Attach(create.Endpoint, network.Topology[create.Endpoint].Droplet);
                Update(index, () => { });
                break;
            case DeleteEndpointStep delete:
                Update(index, () => network.Detach(delete.Endpoint));
                break;
            case MoveEndpointStep move:
                network.Detach(move.Endpoint);
                network.Attach(move.Endpoint, move.To);
                Update(index, () => { });
                break;
            case ProgrammingStep:
                Update(index, () => { });
                break;
            default:
                throw new NotSupportedException($"step '{step.Name}': the simulated backends know no {step.GetType().Name}");
        }
    }

    private void End(int index, StepOutcome outcome)
    {
        outcomes[index] = outcome;
        if (!Timeline[index].Background)
        {
            ArmNext(Now + Gap);
        }
    }

    private void EndNow(int index) => End(index, new StepOutcome { Step = index, Began = Now, Ended = Now });

    private void BeginFrame(int index, FrameStep step)
    {
        bool there = network.StackOf(step.From) is not null;
        if (there)
        {
            network.Inject(step.From, step.Bytes.AsSpan());
        }
        End(index, new StepOutcome
        {
            Step = index,
            Began = Now,
            Ended = Now,
            Sent = there ? 1 : 0,
            BytesSent = there ? step.Bytes.Length : 0,
            Trouble = there ? null : Absent(step.From),
        });
    }

    private void BeginExchange(int index, Step step)
    {
        (EndpointId from, Ipv4Address to) = Exchanges.Ends(step);
        if (network.StackOf(from) is not { } sender)
        {
            End(index, new StepOutcome { Step = index, Began = Now, Ended = Now, Trouble = Absent(from) });
            return;
        }
        RandomStream random = new(network.Seed, $"step/{step.Name}");
        (ushort port, IpProtocol protocol) = Exchanges.PortOf(step);
        (ImmutableArray<EndpointId> endpoints, ushort target) = network.Topology.Behind(plan.Scenario, network.Topology[network.Topology[from].Network].Vpc, to, port, protocol);
        ImmutableArray<EndpointStack> stacks = [.. endpoints.Where(e => !network.Topology[e].IsProxied).Select(network.StackOf).OfType<EndpointStack>()];
        Exchanges.Start(step, new ExchangeContext(index, sender, stacks, target, timers, random, outcome => End(index, outcome)));
    }

    /// <summary>Sends a step's updates in order, one a <see cref="Scenario.Pace"/>; the step ends with the last.</summary>
    private void Update(int index, Action done)
    {
        SimTime began = Now;
        int sent = 0;
        SimTimer pace = null!;
        pace = timers.Create(SendFrom);
        SendFrom();

        void SendFrom()
        {
            ImmutableArray<TableUpdate> updates = plan.StepUpdates[index];
            while (sent < updates.Length)
            {
                updates[sent++].ApplyTo(network.DataPlane);
                if (sent < updates.Length && plan.Scenario.Pace > SimTime.Zero)
                {
                    pace.ArmAfter(plan.Scenario.Pace);
                    return;
                }
            }
            pace.Remove();
            done();
            End(index, new StepOutcome { Step = index, Began = began, Ended = Now });
        }
    }

    private string Absent(EndpointId endpoint) => $"endpoint '{network.Topology[endpoint].Name}' does not exist at this time";
}
