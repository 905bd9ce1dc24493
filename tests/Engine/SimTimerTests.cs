using MizarLab.Engine;

namespace MizarLab.Tests.Engine;

public sealed class SimTimerTests
{
    [Fact]
    public void A_timer_rings_once_at_its_last_deadline()
    {
        Host host = new();
        SimTimer timer = host.Create();
        timer.ArmAt(SimTime.FromMilliseconds(10));
        timer.ArmAt(SimTime.FromMilliseconds(30));
        timer.ArmAt(SimTime.FromMilliseconds(20));
        host.Run();
        Assert.Equal(["20ms"], host.Rings);
        Assert.False(timer.IsArmed);
    }

    [Fact]
    public void Moving_a_deadline_on_costs_no_event()
    {
        Host host = new();
        SimTimer timer = host.Create();
        for (int i = 0; i < 1000; i++)
        {
            timer.ArmAt(SimTime.FromMilliseconds(10 + i));
        }
        Assert.Equal(1, host.Simulation.Pending);
        host.Run();
        Assert.Equal(["1.009s"], host.Rings);
    }

    [Fact]
    public void An_earlier_deadline_rings_earlier()
    {
        Host host = new();
        SimTimer timer = host.Create();
        timer.ArmAt(SimTime.FromMilliseconds(30));
        timer.ArmAt(SimTime.FromMilliseconds(5));
        host.Run();
        Assert.Equal(["5ms"], host.Rings);
    }

    [Fact]
    public void Cancelled_and_removed_timers_stay_silent_and_their_places_are_used_again()
    {
        Host host = new();
        SimTimer cancelled = host.Create();
        SimTimer removed = host.Create();
        cancelled.ArmAt(SimTime.FromMilliseconds(1));
        removed.ArmAt(SimTime.FromMilliseconds(1));
        cancelled.Cancel();
        removed.Remove();
        SimTimer successor = host.Create();
        successor.ArmAt(SimTime.FromMilliseconds(2));
        host.Run();
        Assert.Equal(["2ms"], host.Rings);
        removed.Remove();
        Assert.Throws<InvalidOperationException>(() => removed.ArmAt(SimTime.FromMilliseconds(9)));
    }

    private sealed class Host : INode
    {
        private readonly TimerSet timers;

        public Host() => timers = new TimerSet(Simulation, Simulation.Add(this));

        public Simulation Simulation { get; } = new();

        public List<string> Rings { get; } = [];

        public SimTimer Create() => timers.Create(() => Rings.Add(Simulation.Now.ToString()));

        public void Run() => Simulation.Run(SimTime.Never, 10_000, CancellationToken.None);

        public void Handle(in SimEvent happening) => timers.Handle(in happening);
    }
}
