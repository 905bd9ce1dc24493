using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Workload.Applications;

/// <summary>Echo requests at an interval; the answer is the target stack's own.</summary>
internal sealed class PingExchange(ExchangeContext context, PingStep step) : Exchange(context), IEchoHandler
{
    private readonly SimTime[] sentAt = new SimTime[step.Count];
    private readonly SimTime?[] roundTrips = new SimTime?[step.Count];
    private readonly byte[] payload = Pattern(step.PayloadBytes);
    private ushort id;
    private int sent;
    private int answered;
    private bool intact = true;
    private int tooLong;
    private readonly List<IcmpErrorSeen> errors = [];

    public override void Start()
    {
        id = Context.Sender.Icmp.Register(Context.Random, this);
        SendNext();
    }

    public void EchoReplied(ushort sequence, ReadOnlySpan<byte> octets)
    {
        int index = sequence - 1;
        if (index < 0 || index >= sent || roundTrips[index] is not null || Now - sentAt[index] > step.Timeout)
        {
            return;
        }
        roundTrips[index] = Now - sentAt[index];
        intact &= octets.SequenceEqual(payload);
        answered++;
        if (sent == step.Count)
        {
            WaitForTheLast();
        }
    }

    public void EchoFailed(ushort sequence, IcmpErrorSeen error) => errors.Add(error);

    protected override void SendNext()
    {
        sentAt[sent++] = Now;
        if (sent < step.Count)
        {
            Pacer.ArmAfter(step.Interval);
        }
        if (!Context.Sender.Icmp.SendEcho(step.To, id, (ushort)sent, payload, step.Ttl, step.DontFragment))
        {
            tooLong++;
        }
        if (sent == step.Count)
        {
            WaitForTheLast();
        }
    }

    /// <summary>Every echo has its own time limit; it is over when the latest of those not answered is.</summary>
    private void WaitForTheLast()
    {
        int latest = Array.FindLastIndex(roundTrips, r => r is null);
        if (latest < 0)
        {
            Finish(complete: true);
        }
        else
        {
            GiveUpAt(sentAt[latest] + step.Timeout);
        }
    }

    protected override void CleanUp() => Context.Sender.Icmp.Unregister(id);

    protected override StepOutcome Outcome(bool complete) => new()
    {
        Step = Context.Step,
        Began = Began,
        Ended = Now,
        Sent = sent,
        Arrived = answered,
        BytesSent = (long)sent * payload.Length,
        BytesArrived = (long)answered * payload.Length,
        Intact = intact,
        IcmpErrors = [.. errors],
        RoundTrips = [.. roundTrips.Where(r => r is not null).Select(r => r!.Value)],
        Trouble = complete ? null : TroubleWith(step.To, tooLong > 0 ? $"{tooLong} of {sent} echo requests are too long for the path and must not be cut" : $"{sent - answered} of {sent} echo requests were not answered"),
    };

    /// <summary>What ping fills its payload with: every octet its own place.</summary>
    private static byte[] Pattern(int length)
    {
        byte[] octets = new byte[length];
        for (int i = 0; i < length; i++)
        {
            octets[i] = (byte)i;
        }
        return octets;
    }
}
