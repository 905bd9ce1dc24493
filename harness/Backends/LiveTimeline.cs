using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Harness.Backends.Stimulus;
using MizarLab.Harness.Capture;
using MizarLab.Harness.Functions;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Backends;

/// <summary>Plays a timeline in real time: traffic by the endpoints' own stacks, changes by the management plane's updates.</summary>
internal sealed class LiveTimeline(Plan plan, LiveNetwork network, LivePrograms programs, LiveTaps taps, LiveFunctions functions, KernelClock clock)
{
    /// <summary>Between a step's end and the next one's beginning, so that one step's last frames are not the next one's.</summary>
    private static readonly SimTime Gap = SimTime.FromMilliseconds(20);

    /// <summary>Plays all steps and waits for those in the background.</summary>
    /// <returns>One outcome a step, in order.</returns>
    public async Task<ImmutableArray<StepOutcome>> PlayAsync(CancellationToken cancel)
    {
        // One step's failure ends the others: nobody would read their outcomes.
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        ImmutableArray<Step> steps = plan.Scenario.Timeline;
        Task<StepOutcome>[] outcomes = new Task<StepOutcome>[steps.Length];
        int begun = 0;
        try
        {
            for (; begun < steps.Length; begun++)
            {
                await Pause.UntilAsync(clock, steps[begun].At ?? SimTime.Zero, stop.Token).ConfigureAwait(false);
                outcomes[begun] = PlayAsync(steps[begun], begun, stop.Token);
                if (!steps[begun].Background)
                {
                    await outcomes[begun].ConfigureAwait(false);
                    await Pause.UntilAsync(clock, clock.Now + Gap, stop.Token).ConfigureAwait(false);
                }
            }
            return [.. await Task.WhenAll(outcomes).ConfigureAwait(false)];
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            foreach (Task<StepOutcome> outcome in outcomes.Where(o => o is not null))
            {
                await ((Task)outcome).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            throw;
        }
    }

    private Task<StepOutcome> PlayAsync(Step step, int index, CancellationToken cancel) => step switch
    {
        PingStep s => ExchangeAsync(s.From, index, from => PingExchange.RunAsync(from, s, index, clock, cancel)),
        UdpStep s => ExchangeAsync(s.From, index, from => UdpExchange.RunAsync(from, Behind(s.From, s.To, s.Port, IpProtocol.Udp), s, index, clock, cancel)),
        TcpStep s => ExchangeAsync(s.From, index, from => TcpExchange.RunAsync(from, Behind(s.From, s.To, s.Port, IpProtocol.Tcp), s, index, clock, cancel)),
        FrameStep s => ExchangeAsync(s.From, index, from => Task.FromResult(FrameInjection.Run(from, s, index, clock))),
        UnderlayFrameStep s => Task.FromResult(FrameInjection.Run(network.Underlay, network.UnderlayPortOf(s.To), s.Bytes.AsSpan(), index, clock)),
        WaitStep s => ChangeAsync(index, () => Pause.UntilAsync(clock, clock.Now + s.Duration, cancel)),
        CreateEndpointStep s => ChangeAsync(index, () => CreateAsync(s.Endpoint, plan.Topology[s.Endpoint].Droplet, index, cancel)),
        DeleteEndpointStep s => ChangeAsync(index, () => DeleteAsync(s.Endpoint, index, cancel)),
        MoveEndpointStep s => ChangeAsync(index, () => MoveAsync(s, index, cancel)),
        FailDropletStep s => ChangeAsync(index, () => network.SetPluggedAsync(s.Droplet, plugged: false, cancel)),
        RestoreDropletStep s => ChangeAsync(index, () => network.SetPluggedAsync(s.Droplet, plugged: true, cancel)),
        _ => ChangeAsync(index, () => UpdateAsync(index, cancel)),
    };

    private async Task<StepOutcome> ChangeAsync(int index, Func<Task> change)
    {
        SimTime began = clock.Now;
        await change().ConfigureAwait(false);
        return new StepOutcome { Step = index, Began = began, Ended = clock.Now };
    }

    /// <summary>The endpoint is there, its link up, before the first update about it is sent.</summary>
    private async Task CreateAsync(EndpointId id, DropletId droplet, int index, CancellationToken cancel)
    {
        await AttachAsync(id, droplet, cancel).ConfigureAwait(false);
        await UpdateAsync(index, cancel).ConfigureAwait(false);
    }

    private async Task DeleteAsync(EndpointId id, int index, CancellationToken cancel)
    {
        await UpdateAsync(index, cancel).ConfigureAwait(false);
        await DetachAsync(id, cancel).ConfigureAwait(false);
    }

    private async Task MoveAsync(MoveEndpointStep step, int index, CancellationToken cancel)
    {
        await DetachAsync(step.Endpoint, cancel).ConfigureAwait(false);
        await AttachAsync(step.Endpoint, step.To, cancel).ConfigureAwait(false);
        await UpdateAsync(index, cancel).ConfigureAwait(false);
    }

    private async Task AttachAsync(EndpointId id, DropletId droplet, CancellationToken cancel)
    {
        await network.AttachAsync([(id, droplet, plan.PortOf(id, droplet))], cancel).ConfigureAwait(false);
        taps.Open(network[id]!);
        functions.Attach(network[id]!);
        programs.Attach(network[id]!);
    }

    private async Task DetachAsync(EndpointId id, CancellationToken cancel)
    {
        programs.Detach(network[id]!);
        functions.Detach(id);
        await network.DetachAsync(id, () => taps.Close(id), cancel).ConfigureAwait(false);
    }

    private async Task UpdateAsync(int index, CancellationToken cancel)
    {
        SimTime next = clock.Now;
        foreach (TableUpdate update in plan.StepUpdates[index])
        {
            await Pause.UntilAsync(clock, next, cancel).ConfigureAwait(false);
            programs.Write(update.Droplet, update.ApplyTo);
            next += plan.Scenario.Pace;
        }
    }

    /// <summary>An exchange by an endpoint that is not there now is one with nothing sent.</summary>
    private Task<StepOutcome> ExchangeAsync(EndpointId id, int index, Func<LiveEndpoint, Task<StepOutcome>> run) => network[id] is { } from
        ? run(from)
        : Task.FromResult(new StepOutcome
        {
            Step = index,
            Began = clock.Now,
            Ended = clock.Now,
            Trouble = $"endpoint '{plan.Topology[id].Name}' does not exist at this time",
        });

    /// <summary>Where a step to this address may arrive: endpoints that exist now, and the port they listen on.</summary>
    private Receivers Behind(EndpointId from, Ipv4Address address, ushort port, IpProtocol protocol)
    {
        (ImmutableArray<EndpointId> endpoints, ushort target) =
            plan.Topology.Behind(plan.Scenario, plan.Topology[plan.Topology[from].Network].Vpc, address, port, protocol);
        return new Receivers([.. endpoints.Select(e => network[e]).OfType<LiveEndpoint>().Where(e => !e.Endpoint.IsProxied)], target);
    }
}
