using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Workload.Applications;

/// <summary>What an exchange needs to know of the run it is part of.</summary>
/// <param name="Step">Index of its timeline step.</param>
/// <param name="Sender">The sender's stack.</param>
/// <param name="Receivers">The stacks where it may arrive: of who has the target address in the sender's VPC, or of a service's backends; none when nobody has.</param>
/// <param name="ReceiverPort">The port they listen on: of a service, the one behind it.</param>
/// <param name="Timers">Of the run, not of an endpoint: they go on when an endpoint goes away.</param>
/// <param name="Random">A stream of the step's own.</param>
/// <param name="Finished">Called once, with the outcome.</param>
public sealed record ExchangeContext(
    int Step, EndpointStack Sender, ImmutableArray<EndpointStack> Receivers, ushort ReceiverPort, TimerSet Timers, RandomStream Random, Action<StepOutcome> Finished);

/// <summary>
/// The two applications of one timeline step, at both ends, and what they saw. Ends when everything has arrived, or at its deadline.
/// </summary>
internal abstract class Exchange
{
    private readonly SimTimer deadline;
    private bool over;
    private string? refusal;

    protected Exchange(ExchangeContext context)
    {
        Context = context;
        Began = context.Timers.Now;
        Pacer = context.Timers.Create(OnPace);
        deadline = context.Timers.Create(() => Finish(complete: false));
    }

    protected ExchangeContext Context { get; }

    protected SimTime Began { get; }

    protected SimTime Now => Context.Timers.Now;

    /// <summary>Calls <see cref="SendNext"/>.</summary>
    protected SimTimer Pacer { get; }

    public abstract void Start();

    /// <summary>It is time to send the next.</summary>
    protected abstract void SendNext();

    /// <summary>Sockets are closed, handlers taken away.</summary>
    protected abstract void CleanUp();

    /// <summary>What was seen; trouble only when it did not complete.</summary>
    protected abstract StepOutcome Outcome(bool complete);

    /// <summary>The exchange is given up so much later.</summary>
    protected void GiveUpAfter(SimTime span) => deadline.ArmAfter(span);

    protected void GiveUpAt(SimTime time) => deadline.ArmAt(time > Now ? time : Now);

    protected void Finish(bool complete)
    {
        if (over)
        {
            return;
        }
        over = true;
        // An application that ends a connection hears of its end: that must not end the exchange twice.
        Pacer.Remove();
        deadline.Remove();
        StepOutcome outcome = Outcome(complete);
        CleanUp();
        Context.Finished(outcome);
    }

    /// <summary>The exchange cannot even begin.</summary>
    protected void Refuse(string why)
    {
        refusal = why;
        Finish(complete: false);
    }

    /// <summary>The commonest troubles in words; else what the exchange says.</summary>
    protected string TroubleWith(Ipv4Address target, string otherwise)
    {
        if (refusal is not null)
        {
            return refusal;
        }
        if (Context.Sender.IsDown)
        {
            return "the sender went away";
        }
        return Context.Sender.Ip.IsUnreachable(target) ? $"{Context.Sender.Ip.NextHop(target)} does not answer ARP" : otherwise;
    }

    private void OnPace()
    {
        if (Context.Sender.IsDown)
        {
            Finish(complete: false);
        }
        else
        {
            SendNext();
        }
    }
}
