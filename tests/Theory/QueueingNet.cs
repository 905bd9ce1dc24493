using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Workload.Sampling;

namespace MizarLab.Tests.Theory;

/// <summary>
/// An open network of stations on the engine: sources send customers to stages, a stage's station says when each is done, and its router where it goes
/// then. Every stage carries the witness that holds it to the sample-path identities, so these hold in every run of these tests.
/// </summary>
internal sealed class QueueingNet(ulong seed)
{
    /// <summary>The unit of service: theory says 1, here it is a million picoseconds, so rounding is a millionth.</summary>
    public const long Unit = 1_000_000;

    private readonly List<Stage> stages = [];

    public Simulation Simulation { get; } = new();

    public ulong Seed { get; } = seed;

    /// <summary>Customers that left so far.</summary>
    public int Left { get; private set; }

    /// <summary>Customers sent so far.</summary>
    public int Sent { get; private set; }

    /// <summary>Called when a customer leaves the network, with when it came.</summary>
    public Action<SimTime>? OnLeave { get; set; }

    public static IDistribution Exponential(double mean) => new Exponential(mean * Unit);

    public static IDistribution Constant(double value) => new Constant(value * Unit);

    public static double InUnits(SimTime time) => (double)time.Picoseconds / Unit;

    public Stage AddStage(string name, Station station, IDistribution service, Func<RandomStream, Stage?>? route = null)
    {
        Stage stage = new(this, name, station, service, route ?? (_ => null));
        stages.Add(stage);
        return stage;
    }

    /// <summary>Sends so many customers to a stage, with these gaps between them.</summary>
    public void AddSource(string name, IDistribution gaps, Stage to, int customers) => new Source(this, name, gaps, to, customers).Start();

    /// <summary>Runs until the last customer is gone; then every identity is asked for.</summary>
    public void Run()
    {
        Assert.Equal(RunEnd.Quiet, Simulation.Run(SimTime.Never, long.MaxValue, CancellationToken.None));
        foreach (Stage stage in stages)
        {
            stage.Close();
        }
        Assert.Equal(Sent, Left + stages.Sum(s => s.Station.Refused));
    }

    private void Leave(SimTime born)
    {
        Left++;
        OnLeave?.Invoke(born);
    }

    internal sealed class Source : INode
    {
        private readonly QueueingNet net;
        private readonly IDistribution gaps;
        private readonly Stage to;
        private readonly RandomStream random;
        private readonly NodeId id;
        private int left;

        public Source(QueueingNet net, string name, IDistribution gaps, Stage to, int customers)
        {
            (this.net, this.gaps, this.to, left) = (net, gaps, to, customers);
            id = net.Simulation.Add(this);
            random = new RandomStream(net.Seed, "source/" + name);
        }

        public void Start() => net.Simulation.Schedule(net.Simulation.Now + gaps.NextTime(random), id, id, kind: 0);

        public void Handle(in SimEvent happening)
        {
            net.Sent++;
            net.Simulation.Schedule(happening.Time, to.Id, id, Stage.Arrival, argument: happening.Time.Picoseconds);
            if (--left > 0)
            {
                Start();
            }
        }
    }

    internal sealed class Stage : INode
    {
        public const int Arrival = 1;
        private const int Departure = 2;

        private readonly QueueingNet net;
        private readonly IDistribution service;
        private readonly Func<RandomStream, Stage?> route;
        private readonly RandomStream random;
        private readonly QueueLedger ledger;
        private TimeAverage present;
        private Int128 sojourns;

        public Stage(QueueingNet net, string name, Station station, IDistribution service, Func<RandomStream, Stage?> route)
        {
            (this.net, this.service, this.route, Station) = (net, service, route, station);
            Id = net.Simulation.Add(this);
            random = new RandomStream(net.Seed, "stage/" + name);
            station.Witness = ledger = new QueueLedger(name, station.Servers);
        }

        public NodeId Id { get; }

        public Station Station { get; }

        /// <summary>Called for each customer that comes: how many are present before it, and how long it will be here (Never: turned away).</summary>
        public Action<int, SimTime>? OnArrival { get; set; }

        /// <summary>The service of the customer that came last.</summary>
        public SimTime Service { get; private set; }

        /// <summary>Called for each customer that goes.</summary>
        public Action<SimTime>? OnDeparture { get; set; }

        /// <summary>Customers here now, by the events.</summary>
        public int Present => (int)present.Value;

        public Int128 Area => present.Area(net.Simulation.Now);

        public void Handle(in SimEvent happening)
        {
            if (happening.Kind == Departure)
            {
                present.Add(happening.Time, -1);
                OnDeparture?.Invoke(happening.Time);
                if (route(random) is { } next)
                {
                    net.Simulation.Schedule(happening.Time, next.Id, Id, Arrival, argument: happening.Argument);
                }
                else
                {
                    net.Leave(new SimTime(happening.Argument));
                }
                return;
            }
            int before = Present;
            Service = service.NextTime(random);
            if (Station.TryEnter(happening.Time, Service, out SimTime departure))
            {
                present.Add(happening.Time, 1);
                sojourns += (departure - happening.Time).Picoseconds;
                net.Simulation.Schedule(departure, Id, Id, Departure, argument: happening.Argument);
            }
            OnArrival?.Invoke(before, departure == SimTime.Never ? departure : departure - happening.Time);
        }

        public void Close()
        {
            ledger.Close(net.Simulation.Now);
            Assert.Equal(0, Present);
            Assert.Equal(sojourns, Area);
            Assert.Equal(Station.Refused, ledger.Refused);
        }
    }
}
